namespace Weir.Protocols.Api.Clients;

/// <summary>How CloudWatch Logs clients are pointed at Weir.</summary>
internal static class CloudWatchLogsClient
{
    public static IReadOnlyList<Snippet> Snippets(ClientAddresses weir) =>
    [
        new("Environment variables (SDKs since mid-2023)", "bash", $$"""
            export AWS_ENDPOINT_URL_LOGS="{{weir.Main}}"   # or AWS_ENDPOINT_URL for every AWS service
            export AWS_ACCESS_KEY_ID="weir"                # any values are accepted
            export AWS_SECRET_ACCESS_KEY="weir"
            export AWS_DEFAULT_REGION="us-east-1"
            """),
        new("Python (watchtower)", "python", $$"""
            # pip install watchtower boto3
            import logging, boto3, watchtower

            # boto3 before 1.28 does not read AWS_ENDPOINT_URL_LOGS, so the endpoint is given here
            logs = boto3.client("logs", endpoint_url="{{weir.Main}}", region_name="us-east-1")
            logger = logging.getLogger("cruddur")
            logger.setLevel(logging.DEBUG)
            logger.addHandler(logging.StreamHandler())
            logger.addHandler(watchtower.CloudWatchLogHandler(log_group_name="cruddur", boto3_client=logs))
            logger.info("test log")
            """),
        new("aws command", "bash", $$"""
            aws logs create-log-group --log-group-name cruddur --endpoint-url "{{weir.Main}}"
            aws logs create-log-stream --log-group-name cruddur --log-stream-name hello --endpoint-url "{{weir.Main}}"
            aws logs put-log-events --log-group-name cruddur --log-stream-name hello \
              --log-events timestamp=$(date +%s)000,message="test log" --endpoint-url "{{weir.Main}}"
            aws logs filter-log-events --log-group-name cruddur --endpoint-url "{{weir.Main}}"
            aws logs tail cruddur --follow --endpoint-url "{{weir.Main}}"   # version 2 of the command only
            """),
        new("JavaScript (winston)", "javascript", $$"""
            // npm install winston winston-cloudwatch
            const winston = require("winston");
            const WinstonCloudWatch = require("winston-cloudwatch");

            winston.add(new WinstonCloudWatch({
              logGroupName: "cruddur",
              logStreamName: "backend",
              awsOptions: {
                endpoint: "{{weir.Main}}",
                region: "us-east-1",
                credentials: { accessKeyId: "weir", secretAccessKey: "weir" },
              },
            }));
            winston.info("test log");
            """),
        new("JavaScript (AWS SDK v3)", "javascript", $$"""
            // npm install @aws-sdk/client-cloudwatch-logs
            const { CloudWatchLogsClient } = require("@aws-sdk/client-cloudwatch-logs");

            const logs = new CloudWatchLogsClient({
              endpoint: "{{weir.Main}}",
              region: "us-east-1",
              credentials: { accessKeyId: "weir", secretAccessKey: "weir" },
            });
            """),
    ];
}
