using System.Net;
using Cruddur.Activities;
using Cruddur.Hosting;

namespace Cruddur.Messages;

/// <summary>Looks a user up over HTTP, at CRUDDUR_USERS_URL or, without it, at this very process.</summary>
internal sealed class UserDirectory(HttpClient http, OwnAddress own, IConfiguration settings)
{
    public async Task<User?> Find(string handle, CancellationToken stop)
    {
        var root = settings["CRUDDUR_USERS_URL"] is { Length: > 0 } configured ? new Uri(configured) : own.Root;
        using var reply = await http.GetAsync(new Uri(root, $"/api/users/@{Uri.EscapeDataString(handle)}/short"), stop);
        if (reply.StatusCode == HttpStatusCode.NotFound)
            return null;
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync<User>(stop);
    }
}
