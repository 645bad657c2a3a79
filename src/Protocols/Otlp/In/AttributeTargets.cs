using Weir.Core.Columns;
using Weir.Core.Model;
using Weir.Features.Logs;

namespace Weir.Protocols.Otlp.In;

/// <summary>Where attributes go. Implemented by structs, so that the decoder is compiled for each.</summary>
internal interface IAttributeTarget
{
    /// <summary>False when the maximum length is reached.</summary>
    bool HasRoom { get; }

    void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> utf8);

    void Add(ReadOnlySpan<byte> key, long value);

    void Add(ReadOnlySpan<byte> key, double value);

    void Add(ReadOnlySpan<byte> key, bool value);
}

/// <summary>The attributes column of a block.</summary>
internal readonly struct ColumnTarget(JsonColumn column) : IAttributeTarget
{
    public bool HasRoom => true;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> utf8) => column.Add(key, utf8);

    public void Add(ReadOnlySpan<byte> key, long value) => column.Add(key, value);

    public void Add(ReadOnlySpan<byte> key, double value) => column.Add(key, value);

    public void Add(ReadOnlySpan<byte> key, bool value) => column.Add(key, value);
}

/// <summary>The attributes column of a log record, whose attributes may contain severity and trace; also for attributes of its body.</summary>
internal readonly struct LogTarget(JsonColumn column, LogFields fields) : IAttributeTarget
{
    public bool HasRoom => true;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> utf8)
    {
        column.Add(key, utf8);
        fields.TakeText(Name(key), utf8);
    }

    public void Add(ReadOnlySpan<byte> key, long value)
    {
        column.Add(key, value);
        fields.TakeNumber(Name(key), value);
    }

    public void Add(ReadOnlySpan<byte> key, double value) => column.Add(key, value);

    public void Add(ReadOnlySpan<byte> key, bool value) => column.Add(key, value);

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> key) => key.StartsWith("body."u8) ? key["body."u8.Length..] : key;
}

/// <summary>Members of a JSON object in text. The caller writes the braces.</summary>
internal struct TextTarget(ByteBuffer output) : IAttributeTarget
{
    private bool _any;

    public readonly bool HasRoom => output.Length <= RequestBudget.MostTextBytes;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> utf8)
    {
        Key(key);
        JsonText.AppendString(output, Utf8Text.Cut(utf8, RequestBudget.MostTextBytes));
    }

    public void Add(ReadOnlySpan<byte> key, long value)
    {
        Key(key);
        JsonText.AppendNumber(output, value);
    }

    public void Add(ReadOnlySpan<byte> key, double value)
    {
        Key(key);
        JsonText.AppendNumber(output, value);
    }

    public void Add(ReadOnlySpan<byte> key, bool value)
    {
        Key(key);
        JsonText.AppendBool(output, value);
    }

    private void Key(ReadOnlySpan<byte> key)
    {
        if (_any)
            output.AppendByte((byte)',');
        _any = true;
        JsonText.AppendString(output, Utf8Text.Cut(key, IngestLimits.MostKeyBytes));
        output.AppendByte((byte)':');
    }
}
