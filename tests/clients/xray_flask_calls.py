"""aws_xray_sdk in a Flask app that calls others: another service over HTTP (requests), AWS services (botocore), a database (sqlite3); more
subsegments than a datagram carries at once; a document that no datagram carries, lost and then sent by TCP. Prints the traces. The requests go through Flask's test client."""
import http.server, json, logging, os, sqlite3, threading, urllib.request
from aws_xray_sdk.core import patch, xray_recorder
patch(["requests", "botocore", "sqlite3"])
import boto3, requests
from flask import Flask, jsonify
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.models.traceid import TraceId
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

seen, complaints = [], []


class Other(http.server.BaseHTTPRequestHandler):
    """A service that only looks at the trace header; a table that answers; a price list that is broken."""

    def do_GET(self):
        seen.append({"path": self.path, "header": self.headers.get("X-Amzn-Trace-Id")})
        self.answer(500 if self.path == "/broken" else 200)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen.append({"path": self.headers.get("X-Amz-Target"), "header": self.headers.get("X-Amzn-Trace-Id")})
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.send_header("x-amzn-RequestId", "REQUEST1")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Keep(logging.Handler):
    def emit(self, record):
        complaints.append(record.getMessage()[:60])


logging.getLogger("aws_xray_sdk.core.emitters.udp_emitter").addHandler(Keep())
other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
threading.Thread(target=other.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{other.server_port}"
xray_recorder.configure(service="shop-flask", plugins=())
app = Flask(__name__)
XRayMiddleware(app, xray_recorder)


@app.route("/call/<what>")
def call(what):
    return jsonify(requests.get(f"{base}/{what}").status_code)


@app.route("/aws")
def aws():
    boto3.client("dynamodb", endpoint_url=base).get_item(TableName="shop-carts", Key={"id": {"S": "1"}}, ConsistentRead=True)
    logs = boto3.client("logs", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    logs.describe_log_groups()
    try:
        logs.get_log_events(logGroupName="nobody", logStreamName="nothing")
    except logs.exceptions.ResourceNotFoundException:
        pass
    return jsonify("done")


@app.route("/sql")
def sql():
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE carts (id INTEGER)")
    try:
        database.execute("SELECT * FROM nowhere")
    except sqlite3.OperationalError:
        pass
    return jsonify("done")


@app.route("/many")
def many():
    for i in range(250):
        xray_recorder.begin_subsegment(f"step {i}")
        xray_recorder.current_subsegment().put_annotation("i", i)
        xray_recorder.end_subsegment()
    return jsonify("done")


@app.route("/large/<int:size>")
def large(size):
    xray_recorder.current_segment().put_metadata("filler", "x" * size)
    return jsonify("done")


@app.route("/user")
def user():
    segment = xray_recorder.current_segment()
    segment.set_user("andrewbrown")
    segment.put_annotation("plan", "gold")
    segment.put_annotation("seats", 4)
    segment.put_annotation("trial", False)
    segment.put_metadata("cart", {"items": [1, {"sku": "a"}], "note": "grüße"}, "shop")
    return jsonify("done"), 402


class LargeEmitter(UDPEmitter):
    """What no datagram holds goes to the same port by TCP."""

    def _send_data(self, data):
        if len(data.encode()) <= 65507:
            return super()._send_data(data)
        body = json.dumps({"TraceSegmentDocuments": [data.split("\n", 1)[1]]}).encode()
        request = urllib.request.Request(f"http://{self._ip}:{self._port}/TraceSegments", body, {"Content-Type": "application/json"})
        complaints.extend(str(one) for one in json.load(urllib.request.urlopen(request))["UnprocessedTraceSegments"])


def visit(path, name=None):
    trace = TraceId().to_id()
    client.get(path, headers={"X-Amzn-Trace-Id": f"Root={trace};Parent=53995c3f42cd8ad8;Sampled=1"})
    traces[name or path] = trace


traces, client = {}, app.test_client()
for path in ["/call/prices", "/call/broken", "/aws", "/sql", "/many", "/large/60000", "/large/70000", "/user"]:
    visit(path)
lost = list(complaints)
complaints.clear()
xray_recorder.configure(emitter=LargeEmitter())
visit("/large/700000")
visit("/user", "small by the same emitter")
print(json.dumps({"traces": traces, "seen": seen, "complaints": lost, "refused": complaints, "base": base}))
