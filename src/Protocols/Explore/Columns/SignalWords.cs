using Weir.Core.Model;

namespace Weir.Protocols.Explore.Columns;

/// <summary>What signals are called in questions.</summary>
internal static class SignalWords
{
    public static IReadOnlyList<string> All { get; } = [.. SignalTable.All.Select(Name)];

    public static string Name(Signal signal) => signal == Signal.Occurrences ? "errors" : SignalTable.Name(signal);

    public static Signal? Find(string word)
    {
        foreach (var signal in SignalTable.All)
        {
            if (Name(signal) == word)
                return signal;
        }
        return null;
    }
}
