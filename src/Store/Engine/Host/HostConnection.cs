using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Store.Engine.Host;

/// <summary>
/// The connection of one client, with its own thread: reads a request, runs it, writes the response, and so on until the client closes.
/// For ClickHouse's HTTP interface see https://clickhouse.com/docs/interfaces/http.
/// </summary>
internal sealed class HostConnection(Socket socket, HostEngine engine, string database, HostCredentials? credentials) : IDisposable
{
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:");

    /// <summary>Maximum bytes of a statement and its fields; rows of an insert are written to a file in memory instead.</summary>
    private const int MostStatementBytes = 64 << 20;

    /// <summary>Smaller responses are sent together with their headers.</summary>
    private const int SmallAnswer = 16 << 10;

    private readonly HttpReader _reader = new(socket);
    private MemoryFile? _file;

    public void Run()
    {
        try
        {
            while (_reader.ReadHead() is { } head)
            {
                if (!Answer(head) || !head.KeepsAlive)
                    return;
            }
        }
        catch (HttpFault fault)
        {
            Refuse(fault);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The client has disconnected; its statement has ended, or nobody needs its result.
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        socket.Dispose();
    }

    /// <summary>False when the rest of the connection can't be read.</summary>
    private bool Answer(HttpHead head)
    {
        var fields = new RequestFields(head.Target);
        if (fields.Path == "/ping" || (fields.Path == "/" && head.Method == "GET" && fields["query"] is null))
        {
            Send(200, "text/html; charset=UTF-8", "Ok.\n"u8, "");
            return Drained();
        }

        if (fields.Path != "/")
            throw new HttpFault(404, "There is no handle " + fields.Path);
        var id = fields["query_id"] is { Length: > 0 } given ? given : Guid.NewGuid().ToString();
        try
        {
            Admit(head, fields);
            if (id.AsSpan().ContainsAnyExcept(IdCharacters))
                throw new EngineException(EngineFault.Other, "The embedded engine accepts only letters, digits and -_.: in a query_id. (BAD_ARGUMENTS)", 36);
            Execute(head, fields, id);
            return true;
        }
        catch (EngineException e)
        {
            var drained = Drained();
            Fail(e, id);
            return drained;
        }
        catch (Exception e) when (e is not (HttpFault or SocketException or IOException or ObjectDisposedException))
        {
            // A defect of the host, or a damaged body: only this request fails, never the process.
            Console.Error.WriteLine($"a request failed: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            // Read the rest of the request first: closing the connection with unread bytes would lose the response.
            var drained = Drained();
            Fail(new EngineException(EngineFault.Other, e.Message, e is InvalidDataException ? 117 : 49), id);
            return drained;
        }
        finally
        {
            _file?.Reset();
        }
    }

    private void Admit(HttpHead head, RequestFields fields)
    {
        if (credentials is null)
            return;
        var user = head["x-clickhouse-user"] ?? fields["user"] ?? "default";
        var password = head["x-clickhouse-key"] ?? fields["password"] ?? "";
        if (head["authorization"] is { } basic && basic.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[basic.Length];
            var text = Convert.TryFromBase64String(basic[6..].Trim(), bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            (user, password) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        }

        var right = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(user + '\0' + password), Encoding.UTF8.GetBytes(credentials.User + '\0' + credentials.Password));
        if (!right)
        {
            throw new EngineException(
                EngineFault.Unavailable,
                $"{user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)", 516);
        }
    }

    private void Execute(HttpHead head, RequestFields fields, string id)
    {
        var sql = fields["query"] ?? "";
        string? data = null;
        if (head["content-type"] is { } type && type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            fields.AddForm(type, ReadStatement(head));
            sql = fields["query"] ?? "";
        }
        else if (HttpAnswers.IsInsert(sql))
        {
            data = ReadRows(head);
        }
        else
        {
            var body = Encoding.UTF8.GetString(ReadStatement(head));
            sql = sql.Length == 0 ? body : body.Length == 0 ? sql : sql + "\n" + body;
        }

        var settings = fields.Settings;
        if (head.Method == "GET" && !settings.Any(static s => s.Key == "readonly"))
            settings = [.. settings, new("readonly", "2")];
        var wanted = fields["database"] ?? head["x-clickhouse-database"] ?? database;
        var hint = head[ClickHouseEngine.StructureHeader];
        var statement = HostStatement.Translate(
            sql, id, settings, data, (table, columns) => hint is null ? engine.StructureOf(wanted, table, columns) : Uri.UnescapeDataString(hint));
        var format = fields["default_format"] ?? head["x-clickhouse-format"] ?? "TabSeparated";
        var gzip = fields["enable_http_compression"] == "1" && (head["accept-encoding"]?.Contains("gzip", StringComparison.OrdinalIgnoreCase) ?? false);
        engine.Run(statement, id, wanted, fields.Parameters, format, result => Send(result, id, format, gzip));
    }

    private byte[] ReadStatement(HttpHead head)
    {
        if (_reader.KnownLength > MostStatementBytes)
            throw new HttpFault(413, "the statement is too long");
        using var body = new MemoryStream((int)_reader.KnownLength);
        var buffer = new byte[1 << 14];
        using var packed = Decompressed(head);
        int read;
        while ((read = packed is null ? _reader.ReadBody(buffer) : packed.Read(buffer)) > 0)
        {
            if (body.Length + read > MostStatementBytes)
                throw new HttpFault(413, "the statement is too long");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>The path of the file with the body.</summary>
    private string ReadRows(HttpHead head)
    {
        const int piece = 1 << 20;
        _file ??= MemoryFile.Create();
        using var packed = Decompressed(head);
        while (true)
        {
            // Reserve the known length first, so that one mapping is enough.
            var size = packed is null ? (int)Math.Clamp(_reader.KnownLength, 1, int.MaxValue) : piece;
            var room = _file.Room(size);
            var read = packed is null ? _reader.ReadBody(room) : packed.Read(room);
            if (read == 0)
                break;
            _file.Append(read);
        }

        _file.Finish();
        return _file.Path;
    }

    private GZipStream? Decompressed(HttpHead head) => head["content-encoding"]?.ToLowerInvariant() switch
    {
        null or "" or "identity" => null,
        "gzip" => new GZipStream(new BodyStream(_reader), CompressionMode.Decompress),
        var other => throw new EngineException(EngineFault.Other, $"Unknown compression method {other}. (NOT_IMPLEMENTED)", 48),
    };

    private bool Drained()
    {
        var buffer = new byte[1 << 16];
        for (long left = 256L << 20; left > 0;)
        {
            var read = _reader.ReadBody(buffer);
            if (read == 0)
                return true;
            left -= read;
        }

        return false;
    }

    private void Send(NativeResult result, string id, string format, bool gzip)
    {
        var bytes = result.Bytes;
        var headers = string.Create(CultureInfo.InvariantCulture, $$"""
            X-ClickHouse-Query-Id: {{id}}
            X-ClickHouse-Format: {{format}}
            X-ClickHouse-Summary: {"read_rows":"{{result.RowsRead}}","read_bytes":"{{result.BytesRead}}","written_rows":"0","written_bytes":"0","total_rows_to_read":"0","result_rows":"0","result_bytes":"{{bytes.Length}}","elapsed_ns":"{{result.ElapsedNanoseconds}}"}

            """).ReplaceLineEndings("\r\n");
        var type = format.StartsWith("JSON", StringComparison.OrdinalIgnoreCase) ? "application/json; charset=UTF-8"
            : format.StartsWith("TabSeparated", StringComparison.OrdinalIgnoreCase) || format.StartsWith("TSV", StringComparison.OrdinalIgnoreCase)
                ? "text/tab-separated-values; charset=UTF-8" : "application/octet-stream";
        if (!gzip || bytes.Length < SmallAnswer)
        {
            Send(200, type, bytes, headers);
            return;
        }

        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(bytes);
        Send(200, type, packed.GetBuffer().AsSpan(0, (int)packed.Length), headers + "Content-Encoding: gzip\r\n");
    }

    private void Fail(EngineException e, string id)
    {
        var code = e.Code == 0 ? 1002 : e.Code;
        var text = string.Create(CultureInfo.InvariantCulture, $"Code: {code}. DB::Exception: {e.Message} (version {engine.Version})\n");
        var headers = string.Create(CultureInfo.InvariantCulture, $"X-ClickHouse-Exception-Code: {code}\r\nX-ClickHouse-Query-Id: {PrintableId(id)}\r\n");
        Send(HttpAnswers.StatusOf(code), "text/plain; charset=UTF-8", Encoding.UTF8.GetBytes(text), headers);
    }

    private static string PrintableId(string id) => id.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "" : id;

    private void Refuse(HttpFault fault)
    {
        try
        {
            Send(fault.Status, "text/plain; charset=UTF-8", Encoding.UTF8.GetBytes(fault.Message + "\n"), "Connection: close\r\n");
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has disconnected.
        }
    }

    private void Send(int status, string type, ReadOnlySpan<byte> body, string headers)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {HttpAnswers.Reason(status)}\r\nContent-Type: {type}\r\nX-ClickHouse-Server-Display-Name: weir\r\nX-ClickHouse-Timezone: UTC\r\n{headers}Content-Length: {body.Length}\r\n\r\n");
        if (body.Length > SmallAnswer)
        {
            SendAll(Encoding.Latin1.GetBytes(head));
            SendAll(body);
            return;
        }

        var whole = new byte[head.Length + body.Length];
        Encoding.Latin1.GetBytes(head, whole);
        body.CopyTo(whole.AsSpan(head.Length));
        SendAll(whole);
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[socket.Send(bytes)..];
    }

    private sealed class BodyStream(HttpReader reader) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => reader.ReadBody(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => reader.ReadBody(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
