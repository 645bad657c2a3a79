using System.Text.Json;
using Shouldly;
using Weir.Protocols.Api;
using Weir.Protocols.XRay;
using Xunit;

namespace Weir.Tests.XRay;

public sealed class GroupTests
{
    private static readonly XRayOptions Quiet = new() { Udp = false };

    [Fact]
    public async Task AGroupIsAnsweredAsAwsAnswers()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/CreateGroup");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20261120/eu-west-1/xray/aws4_request, SignedHeaders=host, Signature=x");
        request.Content = new StringContent("""{"GroupName": "Cruddur", "FilterExpression": "service(\"backend-flask\")"}""");
        using var response = await host.Client.SendAsync(request);
        var group = JsonDocument.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.GetProperty("Group");
        group.EnumerateObject().Select(p => p.Name).ShouldBe(["GroupName", "GroupARN", "FilterExpression", "InsightsConfiguration"]);
        group.GetProperty("GroupARN").GetString()!.ShouldMatch("^arn:aws:xray:eu-west-1:000000000000:group/Cruddur/[A-Z2-7]{52}$");
        group.GetProperty("FilterExpression").GetString().ShouldBe("service(\"backend-flask\")");
        group.GetProperty("InsightsConfiguration").GetRawText().ShouldBe("""{"InsightsEnabled":false,"NotificationsEnabled":false}""");
    }

    [Fact]
    public async Task GroupsAreFoundChangedAndDeleted()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        (await host.OkAsync("/Groups", "{}")).GetProperty("Groups").GetRawText().ShouldBe(
            """[{"GroupName":"Default","GroupARN":"arn:aws:xray:us-east-1:000000000000:group/Default","InsightsConfiguration":{"InsightsEnabled":false,"NotificationsEnabled":false}}]""");
        var created = (await host.OkAsync("/CreateGroup", """{"GroupName":"slow","FilterExpression":"responsetime > 5"}""")).GetProperty("Group");
        var arn = created.GetProperty("GroupARN").GetString();
        (await host.OkAsync("/GetGroup", """{"GroupName":"slow"}""")).GetProperty("Group").GetRawText().ShouldBe(created.GetRawText());
        (await host.OkAsync("/GetGroup", $$"""{"GroupARN":"{{arn}}"}""")).GetProperty("Group").GetRawText().ShouldBe(created.GetRawText());
        var updated = await host.OkAsync("/UpdateGroup", $$$"""{"GroupName":"slow","GroupARN":"{{{arn}}}","InsightsConfiguration":{"InsightsEnabled":true}}""");
        updated.GetProperty("Group").GetProperty("FilterExpression").GetString().ShouldBe("responsetime > 5");
        updated.GetProperty("Group").GetProperty("InsightsConfiguration").GetProperty("InsightsEnabled").GetBoolean().ShouldBeTrue();
        (await host.OkAsync("/Groups", "")).GetProperty("Groups").GetArrayLength().ShouldBe(2);
        (await host.OkAsync("/DeleteGroup", """{"GroupName":"slow"}""")).GetRawText().ShouldBe("{}");
        (await host.FaultAsync("/GetGroup", """{"GroupName":"slow"}""")).ShouldBe((400, "InvalidRequestException", "Group not found."));
    }

    [Theory]
    [InlineData("/CreateGroup", "{}", "ValidationException")]
    [InlineData("/CreateGroup", """{"GroupName":"Default"}""", "InvalidRequestException")]
    [InlineData("/CreateGroup", """{"GroupName":"with space"}""", "InvalidRequestException")]
    [InlineData("/CreateGroup", """{"GroupName":""}""", "ValidationException")]
    [InlineData("/CreateGroup", """{"GroupName":"a","InsightsConfiguration":{"NotificationsEnabled":true}}""", "InvalidRequestException")]
    [InlineData("/CreateGroup", """{"GroupName":"a","Tags":[{"Key":"aws:x","Value":"y"}]}""", "InvalidRequestException")]
    [InlineData("/UpdateGroup", """{"GroupName":"Default","FilterExpression":"ok"}""", "InvalidRequestException")]
    [InlineData("/DeleteGroup", """{"GroupName":"Default"}""", "InvalidRequestException")]
    [InlineData("/DeleteGroup", "{}", "InvalidRequestException")]
    [InlineData("/GetGroup", """{"GroupARN":"arn:x"}""", "InvalidRequestException")]
    [InlineData("/Groups", """{"NextToken":"x"}""", "InvalidRequestException")]
    [InlineData("/TagResource", """{"ResourceARN":"arn:x","Tags":[]}""", "ResourceNotFoundException")]
    [InlineData("/PutEncryptionConfig", """{"Type":"AES"}""", "ValidationException")]
    public async Task Refuses(string path, string body, string type)
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        (await host.FaultAsync(path, body)).Type.ShouldBe(type);
    }

    [Fact]
    public async Task NamesAreUniqueAndTwentyFiveAreTheMost()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        for (var i = 0; i < 25; i++)
            await host.OkAsync("/CreateGroup", $$"""{"GroupName":"g{{i}}"}""");
        (await host.FaultAsync("/CreateGroup", """{"GroupName":"g3"}""")).Message.ShouldBe("g3 already exists");
        (await host.FaultAsync("/CreateGroup", """{"GroupName":"one-more"}""")).Message.ShouldBe("Exceeding maximum group count: 25");
    }

    [Fact]
    public async Task TagsFollowTheirResource()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        var arn = (await host.OkAsync("/CreateGroup", """{"GroupName":"g","Tags":[{"Key":"team","Value":"a"}]}""")).GetProperty("Group").GetProperty("GroupARN").GetString();
        await host.OkAsync("/TagResource", $$"""{"ResourceARN":"{{arn}}","Tags":[{"Key":"stage","Value":"prod"}]}""");
        (await host.OkAsync("/UntagResource", $$"""{"ResourceARN":"{{arn}}","TagKeys":["team"]}""")).GetRawText().ShouldBe("{}");
        (await host.OkAsync("/ListTagsForResource", $$"""{"ResourceARN":"{{arn}}"}""")).GetRawText().ShouldBe("""{"Tags":[{"Key":"stage","Value":"prod"}]}""");
        (await host.OkAsync("/ListTagsForResource", """{"ResourceARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Default"}""")).GetRawText().ShouldBe("""{"Tags":[]}""");
    }

    [Fact]
    public async Task EncryptionIsToldBack()
    {
        await using var host = await XRayHost.StartAsync(Quiet);
        (await host.OkAsync("/EncryptionConfig", "")).GetRawText().ShouldBe("""{"EncryptionConfig":{"Status":"ACTIVE","Type":"NONE"}}""");
        (await host.OkAsync("/PutEncryptionConfig", """{"Type":"KMS","KeyId":"alias/k"}""")).GetRawText().ShouldBe("""{"EncryptionConfig":{"KeyId":"alias/k","Status":"UPDATING","Type":"KMS"}}""");
        (await host.OkAsync("/EncryptionConfig", "")).GetRawText().ShouldBe("""{"EncryptionConfig":{"KeyId":"alias/k","Status":"ACTIVE","Type":"KMS"}}""");
    }
}
