using System.Net;
using System.Net.Sockets;
using Shouldly;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Functional;

/// <summary>Starting: quickly when all is well, with one clear line when it is not.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Answers_on_every_port_and_stops_cleanly()
    {
        await using var weir = await WeirProcess.StartAsync();
        (await weir.Client.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var port in new[] { weir.OtlpHttpPort, weir.OtlpGrpcPort, weir.XRayPort })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }
        (await weir.StopAsync()).ShouldBe(0, weir.Output);
    }

    [Theory]
    [InlineData(0, "--port")]
    [InlineData(1, "--otlp-http-port")]
    [InlineData(2, "--otlp-grpc-port")]
    [InlineData(3, "--xray-port")]
    public async Task A_port_in_use_is_an_error_that_names_its_option(int which, string option)
    {
        var ports = WeirProcess.FreePorts(4);
        using var holder = new TcpListener(IPAddress.Loopback, ports[which]);
        holder.Start();
        var folder = Directory.CreateTempSubdirectory("weir-test-");
        var (code, output) = await WeirProcess.RunToEndAsync(["serve", "--data", folder.FullName, .. WeirProcess.PortOptions(ports)]);
        code.ShouldBe(1);
        output.ShouldContain($"port {ports[which]}/tcp is used by another program");
        output.ShouldContain(option);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task All_wrong_options_are_listed_at_once()
    {
        var (code, output) = await WeirProcess.RunToEndAsync("serve", "--port", "99999", "--retention-logs-days", "many", "--bind", "0.0.0.0");
        code.ShouldBe(2);
        output.ShouldContain("--port: '99999' is not between 0 and 65535");
        output.ShouldContain("--retention-logs-days: 'many' is not an integer");
        output.ShouldContain("--bind 0.0.0.0: on this address anybody could read and write; set a file of keys with --keys, or --open true");
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_a_clear_line()
    {
        var file = Path.GetTempFileName();
        var (code, output) = await WeirProcess.RunToEndAsync(["serve", "--data", file, .. WeirProcess.PortOptions(WeirProcess.FreePorts(4))]);
        code.ShouldBe(1);
        output.ShouldContain("weir can't start:");
        output.ShouldContain(file);
        File.Delete(file);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_a_clear_line()
    {
        await using var weir = await WeirProcess.StartAsync();
        var (code, output) = await WeirProcess.RunToEndAsync(["serve", "--data", weir.DataFolder, .. WeirProcess.PortOptions(WeirProcess.FreePorts(4))]);
        code.ShouldBe(1);
        output.ShouldContain("is in use by another process");
    }

    [Fact]
    public async Task Data_sent_after_a_clean_restart_is_stored()
    {
        var folder = Directory.CreateTempSubdirectory("weir-test-").FullName;
        for (var start = 1; start <= 3; start++)
        {
            await using var weir = await WeirProcess.StartAsync(folder);
            weir.DeleteFolder = false;
            var api = new HoneycombCalls(weir, "restarts");
            await api.BatchAsync("restarts", $$"""[{"data":{"start":{{start}} } }]""");
            await api.CountAsync("restarts", "", start);
            (await weir.StopAsync()).ShouldBe(0, weir.Output);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Retention_follows_the_options_at_every_start()
    {
        var folder = Directory.CreateTempSubdirectory("weir-test-").FullName;
        foreach (var (days, ttl) in new[] { ("7", "TTL toDateTime(start_time) + toIntervalDay(7)"), ("40", "TTL toDateTime(start_time) + toIntervalDay(40)"), ("0", "") })
        {
            await using (var weir = await WeirProcess.StartAsync(folder, options: ["--retention-spans-days", days]))
            {
                weir.DeleteFolder = false;
                (await weir.StopAsync()).ShouldBe(0, weir.Output);
            }
            var (code, output) = await WeirProcess.RunToEndAsync(
                "sql", "--data", folder, "--format", "TSV", "SELECT extract(create_table_query, 'TTL [^S]*[0-9]\\)') FROM system.tables WHERE name = 'spans'");
            code.ShouldBe(0, output);
            output.Trim().ShouldBe(ttl);
        }
        Directory.Delete(folder, recursive: true);
    }
}
