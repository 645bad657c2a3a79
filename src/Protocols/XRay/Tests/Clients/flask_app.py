"""A Flask backend as X-Ray's guide instruments one. Serves four requests to itself; sends to AWS_XRAY_DAEMON_ADDRESS."""
from flask import Flask
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

app = Flask(__name__)
xray_recorder.configure(service="backend-flask", sampling=False)
XRayMiddleware(app, xray_recorder)


@app.route("/api/activities/home")
@xray_recorder.capture("activities_home")
def home():
    subsegment = xray_recorder.begin_subsegment("mock-data")
    subsegment.put_metadata("key", {"now": "2026-11-20T12:00:00Z", "results-size": 3}, "namespace")
    subsegment.put_annotation("size", 3)
    xray_recorder.end_subsegment()
    xray_recorder.current_segment().set_user("andrewbrown")
    return {}


@app.route("/broken")
@xray_recorder.capture("activities_broken")
def broken():
    raise ValueError("no return here")


@app.route("/many")
def many():
    for _ in range(40):
        xray_recorder.begin_subsegment("step")
        xray_recorder.end_subsegment()
    return "x"


def status(path):
    try:
        return app.test_client().get(path).status_code
    except Exception as error:  # this SDK trips over its own teardown after a handler raised; the segment is sent by then
        return type(error).__name__


print([status(path) for path in ("/api/activities/home", "/nothing", "/broken", "/many")])
