// The official package a reader would use instead: OpenTelemetry.Exporter.Console.
using System.Diagnostics;
using System.Text;
using OpenTelemetry;

namespace Cruddur.Otel;

/// <summary>Prints every finished span, for the debugging the walkthrough does beside the exporter.</summary>
internal sealed class ConsoleSpans : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            var line = new StringBuilder();
            line.Append("span ").Append(span.TraceId).Append(' ').Append(span.SpanId).Append(' ').Append(span.Kind).Append(' ').Append(span.DisplayName)
                .Append(' ').Append(span.Duration.TotalMilliseconds.ToString("0.00")).Append(" ms");
            foreach (var (key, value) in span.EnumerateTagObjects())
                line.Append(' ').Append(key).Append('=').Append(value);
            Console.Out.WriteLine(line.ToString());
        }
        return ExportResult.Success;
    }
}
