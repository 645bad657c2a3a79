using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Xunit;

namespace Weir.Tests.Alerts;

/// <summary>Where webhooks may go: by address, at the moment of connecting.</summary>
public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.0.9", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2001:db8::1", false)]
    public void Only_addresses_of_the_internet_are_public(string address, bool isPublic) => PublicAddresses.Has(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Theory]
    [InlineData("", "hooks.example", "8.8.8.8", true)]
    [InlineData("", "hooks.example", "10.0.0.1", false)]
    [InlineData("*", "hooks.example", "10.0.0.1", false)]
    [InlineData("hooks.example", "hooks.example", "10.0.0.1", true)]
    [InlineData("*.example", "hooks.example", "127.0.0.1", true)]
    [InlineData("*,hooks.example:8080", "hooks.example", "10.0.0.1", true)]
    [InlineData("hooks.example:80", "hooks.example", "10.0.0.1", false)]
    [InlineData("hooks.example", "hooks.example", "169.254.169.254", false)]
    [InlineData("169.254.169.254", "169.254.169.254", "169.254.169.254", true)]
    [InlineData("::1", "::1", "::1", true)]
    [InlineData("[::1]:8080", "::1", "::1", true)]
    public void Other_addresses_are_reached_by_hosts_that_are_named(string hosts, string host, string address, bool isAllowed)
    {
        var options = new NotifyOptions { WebhookHosts = hosts.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        WebhookConnection.Allowed(new DnsEndPoint(host, 8080), [IPAddress.Parse(address)], options).Count.ShouldBe(isAllowed ? 1 : 0);
    }

    /// <summary>Of several addresses only the good one is used: which one a resolver names first does not matter.</summary>
    [Fact]
    public void Of_a_mixed_answer_only_public_addresses_are_used() =>
        WebhookConnection.Allowed(new DnsEndPoint("rebind.example", 80), [IPAddress.Loopback, IPAddress.Parse("8.8.8.8"), IPAddress.Parse("::ffff:169.254.169.254")], new NotifyOptions())
            .ShouldBe([IPAddress.Parse("8.8.8.8")]);

    /// <summary>Every spelling of loopback, through the whole way: the receiver hears nothing and the history says why.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("a.localhost")]
    public async Task A_webhook_does_not_reach_loopback(string host)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var port = new Uri(receiver.Address).Port;
        using var rig = new AlertRig(new HandClock(new DateTimeOffset(2026, 11, 20, 12, 0, 3, TimeSpan.Zero)), options: new NotifyOptions { WebhookHosts = ["*"] });
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", webhook: $"http://{host}:{port}/hook");
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        receiver.Received.ShouldBeEmpty();
        var delivery = rig.History(id)[0].Deliveries!.ShouldHaveSingleItem();
        delivery.Ok.ShouldBeFalse();
        // A name that this machine's resolver does not have is told as that.
        if (host != "a.localhost")
            delivery.Detail.ShouldContain("--webhook-hosts");
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var redirecting = builder.Build();
        redirecting.Run(http =>
        {
            http.Response.Redirect(receiver.Address, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        await redirecting.StartAsync();
        using var rig = new AlertRig(new HandClock(new DateTimeOffset(2026, 11, 20, 12, 0, 3, TimeSpan.Zero)));
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", webhook: redirecting.Urls.First());
        rig.Answer = _ => [new GroupValue(GroupKey.None, 150)];
        await rig.TickAsync();
        receiver.Received.ShouldBeEmpty();
        rig.History(id)[0].Deliveries![0].Detail.ShouldBe("answered 307");
    }

    /// <summary>By default a notification has the link, the number and the threshold; groups only for who asks.</summary>
    [Theory]
    [InlineData("", "Triggered: too slow: 150 > 100", "[]")]
    [InlineData(",\"include_results\":false", "Triggered: too slow: 150 > 100", "[]")]
    [InlineData(",\"include_results\":true", "Triggered: too slow: 150 > 100 for user.email=\"alice@example.com\"", """[{"Group":{"user.email":"alice@example.com"},"Result":150}]""")]
    public async Task Groups_go_to_recipients_that_ask_for_them(string details, string summary, string groups)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var rig = new AlertRig(new HandClock(new DateTimeOffset(2026, 11, 20, 12, 0, 3, TimeSpan.Zero)), options: new NotifyOptions { OwnUrl = "http://localhost:7070", WebhookHosts = ["127.0.0.1"] });
        var id = await rig.AddTriggerAsync("""{"op":">","value":100}""", webhook: receiver.Address, details: details);
        rig.Answer = _ => [new GroupValue(GroupKey.Parse("""{"user.email":"alice@example.com"}"""), 150)];
        await rig.TickAsync();
        var body = receiver.Received.ShouldHaveSingleItem().Body;
        ((string?)body["summary"], body["result_groups_triggered"]!.ToJsonString(), body["result_groups"]!.ToJsonString()).ShouldBe((summary, groups, groups));
        ((string?)body["result_url"]).ShouldBe($"http://localhost:7070/alerts/triggers/shop/{id}");
        body.ToJsonString().Contains("alice", StringComparison.Ordinal).ShouldBe(groups != "[]");
        body["summary_with_group"].ShouldBeNull();
    }
}
