using System.Globalization;
using Shouldly;
using Weir.Core.Ingest;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Logs;
using Weir.Features.Questions;
using Weir.Features.Questions.Fields;
using Weir.Features.Traces.Graph;
using Weir.Protocols.CloudWatchLogs.In;
using Weir.Protocols.CloudWatchLogs.Out;
using Weir.Protocols.Honeycomb.In;
using Weir.Protocols.Otlp.In;
using Weir.Protocols.Wire;
using Weir.Protocols.XRay;
using Weir.Protocols.XRay.In;
using Weir.Protocols.XRay.Out;
using Weir.Store.Write;
using Weir.Tests.Support;
using Xunit;

namespace Weir.Tests.Architecture;

/// <summary>docs/limits.md tells the bounds that the code has.</summary>
public sealed class LimitsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "limits.md"));

    /// <summary>How a row begins, and the numbers in it.</summary>
    public static TheoryData<string, string[]> Rows => new()
    {
        { "a body:", [Mebibytes(BodyLimits.DefaultBytes)] },
        { "a packed body:", [Mebibytes(IngestLimits.FreeUnpackedBytes), $"{IngestLimits.MostUnpacked} times"] },
        { "rows of one request:", [Number(IngestLimits.MostRows)] },
        { "events of one batch of Honeycomb's API:", [Number(IngestLimits.MostBatchEvents)] },
        { "fields of one event:", [Number(EventRow.MostColumns)] },
        { "objects and values of one OTLP/JSON request:", [Number(IngestLimits.MostJsonElements)] },
        { "records of one OTLP request that can't be read:", [Number(IngestLimits.MostUnreadable)] },
        { "rows may be", [$"{IngestLimits.MostGrowth} times", Mebibytes(IngestLimits.FreeGrowthBytes)] },
        { "the text of one resource", [Mebibytes(RequestBudget.MostTextBytes)] },
        { "keys: ", [Number(IngestLimits.MostKeyBytes), Number(IngestLimits.MostNameBytes)] },
        { "names and values of one question or management call:", [Number(JsonBody.MostTokens)] },
        { "nesting: OTLP", [$"calls {JsonBody.DeepestJson}"] },
        { "PutLogEvents:", [Number(PutLogEventsDecoder.MaxEvents)] },
        { "PutTraceSegments:", [Number(new XRayOptions().MaxDocumentsPerRequest)] },
        { "an X-Ray document:", [Mebibytes(new XRayOptions().MaxDocumentBytes), Number(EntityScanner.MostEntities)] },
        { "facts of the directory of columns:", [Number(ColumnKeys.MostKnown), Mebibytes((int)ColumnKeys.MostBytes)] },
        { "segments of which the engine refused rows:", ["1 GiB", Number(SetAsideFolder.MostSegments)] },
        { "datasets listed:", [Number(IColumnDirectory.MostDatasets)] },
        { "X-Ray's service graphs:", [Number(GraphPage.Most)] },
        { "X-Ray's graphs and map:", [Number(CallGroups.MostShown)] },
        { "a calculated field:", [Number(CalculatedField.MostCharacters), Number(CalculatedField.MostParts)] },
        { "calculations, filters, breakdowns, orders of one question:", [Number(SpecCheck.MostItems)] },
        { "a template of a webhook:", [Number(PayloadTemplate.MostCharacters)] },
        { "moments of a trigger that were missed:", [Number(AlertMoment.MostMissed)] },
        { "calls with a wrong key, path or form that Setup tells:", [Number(RefusedCalls.Most)] },
        { "GetLogEvents, FilterLogEvents: ", [Number(StoredLineReader.MaxEvents), Mebibytes(StoredLineReader.MaxPageBytes)] },
        { "datagrams of X-Ray that wait:", [Mebibytes((int)new XRayOptions().UdpQueueBytes)] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_page_has_the_bound_of_the_code(string start, string[] numbers)
    {
        var row = Page.Split('\n').Where(line => line.StartsWith("| " + start, StringComparison.Ordinal)).ShouldHaveSingleItem();
        foreach (var number in numbers)
            row.ShouldContain(number);
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Mebibytes(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
