namespace Weir.Protocols.Api.Clients;

/// <summary>How X-Ray SDKs and the aws command are pointed at Weir.</summary>
internal static class XRayClient
{
    public static IReadOnlyList<Snippet> Snippets(ClientAddresses weir) =>
    [
        new("Environment variables (every SDK)", "bash", $$$"""
            export AWS_XRAY_DAEMON_ADDRESS="{{{weir.XRayDaemon}}}"
            export AWS_XRAY_URL="*4567-<workspace>.<host>*"   # the dynamic naming pattern; "*localhost*" on your own machine
            """),
        new("Group and sampling rule", "bash", $$$"""
            export AWS_ACCESS_KEY_ID="weir" AWS_SECRET_ACCESS_KEY="weir" AWS_DEFAULT_REGION="us-east-1"   # any values are accepted

            mkdir -p aws/json && cat > aws/json/xray.json <<'JSON'
            {"SamplingRule":{"RuleName":"Cruddur","ResourceARN":"*","Priority":9000,"FixedRate":0.1,"ReservoirSize":5,
            "ServiceName":"backend-flask","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1}}
            JSON

            aws xray create-group --group-name "Cruddur" --filter-expression "service(\"backend-flask\")" --endpoint-url "{{{weir.Main}}}"
            aws xray create-sampling-rule --cli-input-json file://aws/json/xray.json --endpoint-url "{{{weir.Main}}}"
            """),
        new("Python (Flask)", "python", """
            # pip install aws-xray-sdk
            import os
            from aws_xray_sdk.core import xray_recorder
            from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

            xray_recorder.configure(service="backend-flask", dynamic_naming=os.getenv("AWS_XRAY_URL"))
            XRayMiddleware(app, xray_recorder)

            @app.route("/api/activities/home")
            @xray_recorder.capture("activities_home")
            def data_home(): ...
            """),
        new("Node.js (Express)", "javascript", """
            // npm install aws-xray-sdk
            const AWSXRay = require("aws-xray-sdk");

            app.use(AWSXRay.express.openSegment("backend"));
            // ... routes ...
            app.use(AWSXRay.express.closeSegment());
            """),
        new(".NET", "csharp", """
            // dotnet add package AWSXRayRecorder.Handlers.AspNetCore
            AWSXRayRecorder.InitializeInstance(builder.Configuration);   // reads AWS_XRAY_DAEMON_ADDRESS
            app.UseXRay("backend");
            """),
        new("With the official daemon in between", "bash", $$$"""
            # its batches arrive as PutTraceSegments
            xray --endpoint "{{{weir.Main}}}" --region us-east-1 --local-mode --bind 127.0.0.1:2001 --bind-tcp 127.0.0.1:2001
            """),
        new("Read it back", "bash", $$$"""
            aws xray get-trace-summaries --start-time $(($(date +%s) - 600)) --end-time $(date +%s) --endpoint-url "{{{weir.Main}}}"
            """),
    ];
}
