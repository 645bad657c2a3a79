namespace Weir.Protocols.Api.Clients;

/// <summary>How Rollbar's libraries are pointed at Weir.</summary>
internal static class RollbarClient
{
    public static IReadOnlyList<Snippet> Snippets(ClientAddresses weir) =>
    [
        new("Python (Flask)", "python", $$"""
            # pip install rollbar blinker
            import os, rollbar, rollbar.contrib.flask
            from flask import got_request_exception

            with app.app_context():
                rollbar.init(
                    "weir",                                # access token: any is accepted
                    "production",
                    root=os.path.dirname(os.path.realpath(__file__)),
                    allow_logging_basic_config=False,
                    endpoint="{{weir.Main}}/api/1/",       # the slash at the end is needed
                )
                got_request_exception.connect(rollbar.contrib.flask.report_exception, app)

            @app.route("/rollbar/test")
            def rollbar_test():
                rollbar.report_message("Hello World!", "warning")
                return "Hello World!"
            """),
        new("JavaScript (Node.js and browser)", "javascript", $$"""
            // npm install rollbar
            const Rollbar = require("rollbar");

            const rollbar = new Rollbar({
              accessToken: "weir",                         // any is accepted
              environment: "production",
              endpoint: "{{weir.Main}}/api/1/item/",
              captureUncaught: true,
              captureUnhandledRejections: true,
            });
            rollbar.warning("Hello World!");
            """),
        new(".NET", "csharp", $$"""
            // dotnet add package Rollbar
            var config = new RollbarInfrastructureConfig();
            config.RollbarLoggerConfig.RollbarDestinationOptions.Reconfigure(
                new RollbarDestinationOptions("weir", "production", "{{weir.Main}}/api/1/"));
            RollbarInfrastructure.Instance.Init(config);
            // The library stops sending when it can't reach api.rollbar.com, for any endpoint:
            RollbarInfrastructure.Instance.ConnectivityMonitor?.Disable();
            RollbarLocator.RollbarInstance.Warning("Hello World!");
            """),
        new("Try it without an application", "bash", $$"""
            curl -sS "{{weir.Main}}/api/1/item/" -H "content-type: application/json" -H "x-rollbar-access-token: weir" -d \
              '{"data":{"environment":"production","level":"warning","body":{"message":{"body":"Hello World!"} } } }'
            """),
    ];
}
