using Cruddur.Activities;
using Cruddur.Hosting;

namespace Cruddur.Messages;

/// <summary>Looks a user up over HTTP, at CRUDDUR_USERS_URL or, without it, at this very process. Null when nobody knows or nobody answers.</summary>
internal sealed class UserDirectory(HttpClient http, OwnAddress own, IConfiguration settings)
{
    public async Task<User?> Find(string handle, CancellationToken stop)
    {
        var root = settings["CRUDDUR_USERS_URL"] is { Length: > 0 } configured ? new Uri(configured) : own.Root;
        try
        {
            using var reply = await http.GetAsync(new Uri(root, $"/api/users/@{Uri.EscapeDataString(handle)}/short"), stop);
            return reply.IsSuccessStatusCode ? await reply.Content.ReadFromJsonAsync<User>(stop) : null;
        }
        catch (HttpRequestException)
        {
            // A conversation without a name is better than none.
            return null;
        }
    }
}
