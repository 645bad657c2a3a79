using System.Text.Encodings.Web;

namespace Weir.Server.Access;

/// <summary>The login as one page without scripts, in the UI's colours; it needs nothing else of the UI.</summary>
internal static class LoginPage
{
    public const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <param name="next">The path to open after the login.</param>
    /// <param name="trouble">An error message, or null.</param>
    public static string Write(string next, string? trouble) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="dark light">
        <title>Log in · Weir</title>
        <link rel="icon" type="image/svg+xml" href="/weir.svg">
        <style>
        :root { --bg: #f6f7f8; --panel: #fff; --line: #e7eaed; --line-strong: #d5dadf; --text: #14181d; --text-2: #535d68; --accent: #0b7f73; --on: #fff; --err: #cf2a3e }
        @media (prefers-color-scheme: dark) {
          :root { --bg: #0b0d10; --panel: #111418; --line: #20252c; --line-strong: #2f3640; --text: #e6e9ed; --text-2: #a0aab5; --accent: #35c9b6; --on: #0b0d10; --err: #ff6b75 }
        }
        * { box-sizing: border-box }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text); font: 13px/1.5 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif }
        form { width: 300px; padding: 24px; background: var(--panel); border: 1px solid var(--line); border-radius: 8px }
        h1 { margin: 0 0 16px; font-size: 15px; font-weight: 600; display: flex; gap: 8px; align-items: center }
        label { display: block; margin-bottom: 4px; color: var(--text-2) }
        input, button { width: 100%; height: 32px; padding: 0 10px; border-radius: 6px; font: inherit }
        input { background: var(--bg); color: var(--text); border: 1px solid var(--line-strong) }
        button { margin-top: 12px; background: var(--accent); color: var(--on); border: 0; font-weight: 600; cursor: pointer }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
        p { margin: 12px 0 0; color: var(--err) }
        </style>
        </head>
        <body>
        <form method="post" action="/login">
        <h1><svg viewBox="0 0 32 32" width="18" height="18" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0e9384"/><g fill="none" stroke="#fff" stroke-linecap="round" stroke-width="2.6"><path d="M6 10.5h7.5c3 0 3 5.5 6 5.5H26"/><path d="M6 16h4.5c3 0 3 5.5 6 5.5H26" opacity=".75"/><path d="M6 21.5h2c2.4 0 2.6 3 5 3H26" opacity=".45"/></g></svg>Weir</h1>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
        <input name="next" type="hidden" value="{{HtmlEncoder.Default.Encode(next)}}">
        <button>Log in</button>
        {{(trouble is null ? "" : $"<p role=\"alert\">{HtmlEncoder.Default.Encode(trouble)}</p>")}}
        </form>
        </body>
        </html>
        """;
}
