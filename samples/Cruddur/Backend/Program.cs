using Cruddur.Hosting;

namespace Cruddur;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        try
        {
            await CruddurApp.Build(args, TimeProvider.System).RunAsync();
            return 0;
        }
        catch (Exception error) when (error is IOException or FormatException)
        {
            // A taken port or an option nobody can read: one line, no stack.
            await Console.Error.WriteLineAsync($"cruddur: {error.Message}");
            return 1;
        }
    }
}
