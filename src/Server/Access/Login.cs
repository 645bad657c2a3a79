using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Features;
using Weir.Core.Access;

namespace Weir.Server.Access;

/// <summary>Marks endpoints that need no login: the protocols, which check keys themselves, and the login.</summary>
internal sealed record NeedsNoLogin;

/// <summary>
/// The login of a Weir with keys. Closed by default: every endpoint on the main port without
/// <see cref="NeedsNoLogin"/> requires the cookie of <c>POST /login</c>, or a bearer key.
/// </summary>
internal sealed class Login : IDisposable
{
    /// <summary>How long a login lasts.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string LineClaim = "line";
    private const string SessionClaim = "session";
    private const int LargestForm = 16 << 10;
    private const int LongestPassword = 1024;
    private const string Problem = """
        {"type":"about:blank","title":"A login is needed","status":401,"detail":"Log in at /login, or send Authorization: Bearer with a key from weir keys create ui."}
        """;

    private readonly LiveKeys _keys;
    private readonly EndedSessions _ended;
    private readonly LoginAttempts _attempts;
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>Running requests, with the id (<see cref="KeysFile.LoginId"/>) of the password or key that allows each of them.</summary>
    private readonly ConcurrentDictionary<HttpContext, string> _open = new();

    public Login(LiveKeys keys, TimeProvider time)
    {
        (_keys, _ended, _attempts) = (keys, new EndedSessions(time), new LoginAttempts(time));
        keys.Replaced += EndRevoked;
    }

    /// <summary>
    /// Adds the login and its cookie. The cookie's own keys are in the data folder, so that users stay logged in after a restart.
    /// </summary>
    public static void Add(IServiceCollection services, LiveKeys keys, string dataFolder, TimeProvider time)
    {
        services.AddSingleton(new Func<IServiceProvider, Login>(_ => new Login(keys, time)));
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        services.AddDataProtection().SetApplicationName("weir").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(dataFolder, "login")));
        services.AddAuthentication(Scheme).AddCookie(Scheme, options =>
        {
            options.Cookie.Name = "weir_session";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = Lifetime;
            options.SlidingExpiration = false;
            options.TimeProvider = time;
            options.Events.OnValidatePrincipal = context =>
            {
                if (!context.HttpContext.RequestServices.GetRequiredService<Login>().IsStillGood(context.Principal))
                    context.RejectPrincipal();
                return Task.CompletedTask;
            };
        });
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithMetadata(new NeedsNoLogin());
        group.MapGet("/login", (HttpContext http) => ShowAsync(http, StatusCodes.Status200OK, Next(http.Request.Query["next"]), trouble: null));
        group.MapPost("/login", (RequestDelegate)LogInAsync);
        group.MapPost("/logout", (RequestDelegate)LogOutAsync);
    }

    /// <summary>Middleware before the web UI's files: its first page requires the login, its scripts and styles contain no data.</summary>
    public Task BeforeFilesAsync(HttpContext http, RequestDelegate next) =>
        http.Request.Path.Value.AsSpan().Trim('/') is "" or "index.html" && HttpMethods.IsGet(http.Request.Method) && LineOf(http) is null ? RefuseAsync(http) : next(http);

    /// <summary>Middleware after routing.</summary>
    public async Task BeforeEndpointsAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<NeedsNoLogin>() is not null || http.Request.Path == "/healthz")
        {
            await next(http);
            return;
        }
        if (LineOf(http) is not { } line)
        {
            await RefuseAsync(http);
            return;
        }
        _open[http] = line;
        try
        {
            await next(http);
        }
        finally
        {
            _open.TryRemove(http, out _);
        }
    }

    public void Dispose()
    {
        _keys.Replaced -= EndRevoked;
        _oneAtATime.Dispose();
    }

    /// <summary>Cuts off the responses to users whose password or key was removed, because some last long.</summary>
    private void EndRevoked(object? sender, EventArgs none)
    {
        foreach (var (http, line) in _open)
        {
            if (!_keys.Current.HasLoginId(line))
                http.Abort();
        }
    }

    /// <summary>The id of the password or key of the login that allows a request, or null.</summary>
    private string? LineOf(HttpContext http)
    {
        const string Bearer = "Bearer ";
        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return FindUiKey(authorization[Bearer.Length..].Trim());
        return http.User.FindFirstValue(LineClaim) is { } line && _keys.Current.HasLoginId(line) ? line : null;
    }

    /// <summary>True when the cookie's line is still in the file of keys, and nobody has logged out with it.</summary>
    private bool IsStillGood(ClaimsPrincipal? user) =>
        user?.FindFirstValue(SessionClaim) is { } session && !_ended.Has(session) && _keys.Current.HasLoginId(user.FindFirstValue(LineClaim));

    private string? FindUiKey(string key)
    {
        if (key.Length is 0 or > LongestPassword)
            return null;
        var hash = KeyHash.Of(key);
        string? found = null;
        foreach (var known in _keys.Current.UiKeys)
        {
            if (known.Matches(hash))
                found = KeysFile.LoginId(known.ToString());
        }
        return found;
    }

    private static async Task RefuseAsync(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Redirect("/login?next=" + Uri.EscapeDataString(request.Path + request.QueryString));
            return;
        }
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.ContentType = "application/problem+json";
        await http.Response.WriteAsync(Problem, http.RequestAborted);
    }

    private async Task LogInAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = LargestForm;
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = LargestForm, ValueCountLimit = 8 }, http.RequestAborted);
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException or BadHttpRequestException)
        {
            await ShowAsync(http, StatusCodes.Status400BadRequest, "/", "The form could not be read.");
            return;
        }
        var next = Next(form["next"]);
        if (!_keys.Current.HasLogin)
        {
            await ShowAsync(http, StatusCodes.Status403Forbidden, next, "No password is set; set one with weir keys ui.");
            return;
        }
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (!_attempts.TryBegin(address, out var wait))
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await ShowAsync(http, StatusCodes.Status429TooManyRequests, next, $"Too many attempts; try again in {seconds} seconds.");
            return;
        }
        if (await FindLoginAsync(form["password"].ToString(), http.RequestAborted) is not { } line)
        {
            await ShowAsync(http, StatusCodes.Status401Unauthorized, next, "The password is wrong.");
            return;
        }
        _attempts.Succeeded(address);
        var user = new ClaimsIdentity([new(LineClaim, line), new(SessionClaim, Guid.NewGuid().ToString("N"))], Scheme);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(user), new AuthenticationProperties { IsPersistent = true });
        Redirect(http, next);
    }

    private async Task LogOutAsync(HttpContext http)
    {
        if (http.User.FindFirstValue(SessionClaim) is { } session)
            _ended.Add(session);
        await http.SignOutAsync(Scheme);
        Redirect(http, "/login");
    }

    /// <summary>One password at a time, because checking uses a core for a while, and anybody can request it.</summary>
    private async Task<string?> FindLoginAsync(string password, CancellationToken cancellationToken)
    {
        if (password.Length is 0 or > LongestPassword)
            return null;
        if (FindUiKey(password) is { } key)
            return key;
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            string? found = null;
            foreach (var known in _keys.Current.Passwords)
            {
                if (known.Matches(password))
                    found = KeysFile.LoginId(known.ToString());
            }
            return found;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private static async Task ShowAsync(HttpContext http, int status, string next, string? trouble)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = LoginPage.ContentPolicy;
        await http.Response.WriteAsync(LoginPage.Write(next, trouble), http.RequestAborted);
    }

    private static void Redirect(HttpContext http, string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = path;
    }

    /// <summary>A path of this server, printable ASCII; anything else, including addresses of other servers, becomes the first page.</summary>
    internal static string Next(string? text) =>
        text is ['/', .. var rest] && rest is not ['/' or '\\', ..] && text.All(c => c is > ' ' and < '\x7f' and not '\\') ? text : "/";
}
