"""aws_xray_sdk in a Flask app, as the walkthrough's: middleware, captures, a subsegment with metadata and annotations.
AWS_XRAY_DAEMON_ADDRESS and AWS_XRAY_TRACING_NAME say the rest. The requests go through Flask's own test client."""
import json, time
from flask import Flask, jsonify
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.traceid import TraceId
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

xray_recorder.configure(service="backend-flask", dynamic_naming="*4567-workspace.localhost*")
app = Flask(__name__)
XRayMiddleware(app, xray_recorder)


@app.route("/api/activities/home")
@xray_recorder.capture("activities_home")
def home():
    subsegment = xray_recorder.begin_subsegment("mock-data")
    subsegment.put_metadata("now", {"iso": "2026-01-01"}, "home")
    subsegment.put_annotation("handle", "andrewbrown")
    time.sleep(0.005)
    xray_recorder.end_subsegment()
    return jsonify([])


@app.route("/api/activities/broken")
@xray_recorder.capture("activities_broken")
def broken():
    raise KeyError("feed")


# Without a handler of its own Debian's 0.95 trips over the segment it has just closed.
@app.errorhandler(KeyError)
def failed(error):
    return jsonify({"error": str(error)}), 500


traces = []
client = app.test_client()


def get(path, decision):
    trace = TraceId().to_id()
    answer = client.get(path, headers={"X-Amzn-Trace-Id": f"Root={trace};Sampled={decision}"}, environ_base={"REMOTE_ADDR": "172.18.0.1"})
    traces.append({"trace": trace, "status": answer.status_code})


get("/api/activities/home", 1)
get("/api/activities/broken", 1)
get("/api/activities/home", 0)
print(json.dumps({"traces": traces}))
