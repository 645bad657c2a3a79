using System.Globalization;
using System.Text;
using System.Text.Json;
using Shouldly;
using Weir.Core.Query;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.XRay;

/// <summary>What is kept of the documents of each SDK, from the bytes it sent.</summary>
public sealed class SdkDocumentTests
{
    /// <summary>Rows: name, kind, status and the depth below the segment.</summary>
    [Theory]
    [InlineData("dotnet-2.16.0-aspnetcore-home.bin", "backend-dotnet segment unset 0|mock-data subsegment unset 1|127.0.0.1 subsegment error 1|orders@db.example subsegment unset 1")]
    [InlineData("dotnet-2.16.0-downstream.bin", "backend-dotnet segment error 0")]
    [InlineData("dotnet-2.16.0-aspnetcore-exception.bin", "backend-dotnet segment error 0|load subsegment error 1")]
    [InlineData("dotnet-2.16.0-streamed-subsegment.bin", "step subsegment unset 0")]
    [InlineData("java-2.21.0-home.bin", "backend-java segment unset 0|DynamoDB subsegment unset 1|api.example subsegment error 1|orders@db.example subsegment unset 1")]
    [InlineData("java-2.21.0-exception.bin", "backend-java segment error 0|load subsegment error 1")]
    [InlineData("java-2.21.0-streamed-subsegment.bin", "step subsegment unset 0")]
    [InlineData("java-2.21.0-split-parent.bin", "big-java segment unset 0")]
    [InlineData("go-2.0.3-home.bin", "backend-go segment unset 0|127.0.0.1:36459 subsegment error 1|connect subsegment unset 2|dial subsegment unset 3|request subsegment unset 2|response subsegment unset 2|orders@db.example subsegment unset 1|dynamodb subsegment unset 1")]
    [InlineData("go-2.0.3-downstream.bin", "backend-go-users segment error 0")]
    [InlineData("go-2.0.3-exception.bin", "backend-go segment error 0|load subsegment error 1")]
    [InlineData("go-2.0.3-streamed-subsegment.bin", "step subsegment unset 0")]
    public void Rows(string fixture, string rows)
    {
        var spans = Decoding.Decode(Decoding.Document(fixture)).Spans;
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = Enumerable.Range(0, spans.Rows).Select(row =>
        {
            var depth = depths[spans.Text(row, "span_id")] = depths.TryGetValue(spans.Text(row, "parent_span_id"), out var above) ? above + 1 : 0;
            return string.Create(CultureInfo.InvariantCulture, $"{spans.Text(row, "name")} {spans.Text(row, "kind")} {spans.Text(row, "status")} {depth}");
        });
        string.Join('|', found).ShouldBe(rows);
    }

    [Theory]
    [InlineData("dotnet-2.16.0-aspnetcore-home.bin", 0, "annotation.customer=Jürgen annotation.items=3 annotation.ratio=0.5 annotation.vip=True client.address=172.18.0.1 http.response.status_code=200")]
    [InlineData("dotnet-2.16.0-aspnetcore-home.bin", 3, "db.system=sqlserver db.statement=SELECT_*_FROM_orders_WHERE_id_=_@id")]
    [InlineData("java-2.21.0-home.bin", 0, "annotation.customer=Jürgen annotation.items=3 annotation.ratio=0.5 annotation.vip=True enduser.id=andrewbrown metadata.home.note=grüße_😀")]
    [InlineData("java-2.21.0-home.bin", 1, "aws.xray.namespace=aws aws.table_name=orders")]
    [InlineData("java-2.21.0-home.bin", 2, "aws.xray.namespace=remote aws.xray.throttle=True http.response.status_code=429")]
    [InlineData("go-2.0.3-home.bin", 0, "annotation.customer=Jürgen annotation.items=3 annotation.ratio=0.5 annotation.vip=True metadata.home.note=grüße_😀_<a&b>")]
    [InlineData("go-2.0.3-home.bin", 6, "db.system=Postgres aws.xray.namespace=remote")]
    [InlineData("go-2.0.3-home.bin", 7, "aws.table_name=orders aws.xray.namespace=aws")]
    public void Attributes(string fixture, int row, string expected)
    {
        var attributes = Decoding.Decode(Decoding.Document(fixture)).Spans.Json(row);
        foreach (var pair in expected.Split(' '))
        {
            var (key, value) = (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            attributes.TryGetValue(key, out var found).ShouldBeTrue($"{key} is not among {string.Join(", ", attributes.Keys)}");
            Convert.ToString(found, CultureInfo.InvariantCulture).ShouldBe(value.Replace('_', ' '), key);
        }
    }

    /// <summary>An exception that the segment only refers to is one occurrence, with what caused it and where.</summary>
    [Theory]
    [InlineData("dotnet-2.16.0-aspnetcore-exception.bin", "InvalidOperationException no feed < TimeoutException no answer", "/app/Program.cs:28")]
    [InlineData("java-2.21.0-exception.bin", "java.lang.IllegalStateException no such user < java.net.SocketTimeoutException timeout", "Main.java:4")]
    [InlineData("go-2.0.3-exception.bin", "errors.errorString no such user", "app/main.go:17")]
    public void Exceptions(string fixture, string chain, string where)
    {
        var occurrences = Decoding.Decode(Decoding.Document(fixture)).Occurrences.ShouldNotBeNull();
        using var exceptions = JsonDocument.Parse(occurrences.Text(0, "exceptions"));
        var all = exceptions.RootElement.EnumerateArray().ToList();
        string.Join(" < ", all.Select(e => $"{e.GetProperty("class").GetString()} {e.GetProperty("message").GetString()}")).ShouldBe(chain);
        all[0].GetProperty("frames").EnumerateArray().Select(f => $"{f.GetProperty("file").GetString()}:{f.GetProperty("line").GetInt32()}").ShouldContain(where);
    }

    /// <summary>The SDKs' calls to the daemon's TCP port, byte for byte.</summary>
    [Theory]
    [InlineData("dotnet-2.16.0-GetSamplingRules.http", "SamplingRuleRecords")]
    [InlineData("java-2.21.0-GetSamplingRules.http", "SamplingRuleRecords")]
    [InlineData("java-2.21.0-SamplingTargets.http", "SamplingTargetDocuments")]
    [InlineData("dotnet-2.16.0-SamplingTargets.http", "SamplingTargetDocuments")]
    [InlineData("go-2.0.3-SamplingTargets.http", "SamplingTargetDocuments")]
    [InlineData("go-2.0.3-GetSamplingRules.http", "SamplingRuleRecords")]
    [InlineData("node-3.12.0-GetSamplingRules.http", "SamplingRuleRecords")]
    [InlineData("node-3.12.0-SamplingTargets.http", "SamplingTargetDocuments")]
    public async Task Sampling_calls_are_answered(string fixture, string member)
    {
        await using var host = await XRayHost.StartAsync();
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Decoding.Fixture(fixture));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 200 OK");
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header.AsSpan(15), CultureInfo.InvariantCulture);
        }
        var body = new char[length];
        (await reader.ReadBlockAsync(body)).ShouldBe(length);
        var entries = JsonDocument.Parse(body).RootElement.GetProperty(member);
        entries.GetArrayLength().ShouldBe(1);
    }
}
