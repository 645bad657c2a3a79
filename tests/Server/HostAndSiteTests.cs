using System.Net;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Weir.Server.Access;
using Weir.Server.Configuration;
using Xunit;

namespace Weir.Tests.Server;

/// <summary>Which names and which pages are answered, by the options that say so; the functional tests have the same over every port.</summary>
public sealed class HostAndSiteTests
{
    [Theory]
    [InlineData("127.0.0.1", "", "", "evil.example", false)]
    [InlineData("127.0.0.1", "*", "", "evil.example", true)]
    [InlineData("127.0.0.1", "weir", "", "weir", true)]
    [InlineData("127.0.0.1", "weir", "", "WEIR", true)]
    [InlineData("127.0.0.1", "", "", "weir", false)]
    [InlineData("127.0.0.1", "", "https://weir.example:8443/sub", "weir.example", true)]
    [InlineData("127.0.0.1", "", "", "127.0.0.5", true)]
    [InlineData("127.0.0.1", "", "", "192.0.2.1", false)]
    [InlineData("127.0.0.1", "192.0.2.1", "", "192.0.2.1", true)]
    [InlineData("127.0.0.1", "", "", "[::1]", true)]
    [InlineData("127.0.0.1", "", "", "[::ffff:127.0.0.1]", true)]
    [InlineData("127.0.0.1", "", "", "[2001:db8::1]", false)]
    [InlineData("::1", "", "", "localhost", true)]
    [InlineData("127.0.0.1", "", "", "", true)]
    [InlineData("0.0.0.0", "", "", "evil.example", false)]
    [InlineData("0.0.0.0", "", "", "weir", true)]
    [InlineData("0.0.0.0", "", "", "weir.internal", true)]
    [InlineData("0.0.0.0", "", "", "internal.evil.example", false)]
    [InlineData("192.0.2.1", "", "", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "", "", "[2001:db8::1]", true)]
    public void A_host_is_answered_when_the_options_name_it(string bind, string allowed, string publicUrl, string host, bool isAllowed) =>
        new HostCheck(Options(bind, allowed, publicUrl)).IsAllowed(host).ShouldBe(isAllowed);

    [Theory]
    [InlineData("http://weir", "contains a part that is not a host name")]
    [InlineData("weir:7070", "contains a part that is not a host name")]
    [InlineData("weir/path", "contains a part that is not a host name")]
    [InlineData("weir,*.example.com,192.0.2.1,[::1],*", null)]
    public void Allowed_hosts_are_names(string text, string? wrong)
    {
        var errors = new List<string>();
        OptionTable.Read(_ => null, new Dictionary<string, string>(StringComparer.Ordinal) { ["allowed-hosts"] = text }, errors);
        errors.Count.ShouldBe(wrong is null ? 0 : 1);
        if (wrong is not null)
            errors[0].ShouldContain(wrong);
    }

    [Theory]
    [InlineData("192.0.2.1, 10.0.0.0/8,::1", 3)]
    [InlineData("proxy.example", -1)]
    [InlineData("10.0.0.0/40", -1)]
    public void Trusted_proxies_are_addresses_and_networks(string text, int count)
    {
        var errors = new List<string>();
        var options = OptionTable.Read(_ => null, new Dictionary<string, string>(StringComparer.Ordinal) { ["trusted-proxies"] = text }, errors);
        (errors.Count == 0 ? options.TrustedProxies.Count : -1).ShouldBe(count);
    }

    [Theory]
    [InlineData(false, "POST", "http://localhost:7070", "", false)]
    [InlineData(false, "POST", "http://localhost:3000", "", false)]
    [InlineData(true, "POST", "http://localhost:3000", "", true)]
    [InlineData(true, "POST", "http://localhost:7070", "", false)]
    [InlineData(true, "POST", "https://weir.example", "", false)]
    [InlineData(true, "POST", "http://weir.example", "", true)]
    [InlineData(true, "POST", "https://evil.example", "", true)]
    [InlineData(true, "DELETE", "null", "", true)]
    [InlineData(true, "PUT", "", "cross-site", true)]
    [InlineData(true, "PUT", "", "same-site", true)]
    [InlineData(true, "POST", "", "same-origin", false)]
    [InlineData(true, "POST", "", "none", false)]
    [InlineData(true, "POST", "", "", false)]
    [InlineData(true, "GET", "", "cross-site", true)]
    [InlineData(true, "GET", "", "same-site", false)]
    [InlineData(true, "GET", "https://evil.example", "", false)]
    public void A_page_is_of_another_site_by_the_headers_of_its_browser(bool withKeys, string method, string origin, string site, bool isOther)
    {
        var options = Options("127.0.0.1", "", "https://weir.example");
        options.KeysFile = withKeys ? "keys" : null;
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Host) = (method, new HostString("localhost:7070"));
        if (origin.Length > 0)
            request.Headers.Origin = origin;
        if (site.Length > 0)
            request.Headers["Sec-Fetch-Site"] = site;
        new SiteCheck(options).IsOfAnotherSite(request).ShouldBe(isOther);
    }

    private static WeirOptions Options(string bind, string allowed, string publicUrl)
    {
        var options = new WeirOptions { Bind = IPAddress.Parse(bind), AllowedHosts = allowed.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        options.Notify.PublicUrl = publicUrl;
        return options;
    }
}
