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

/// <summary>docs/limits.md states the limits that the code has.</summary>
public sealed class LimitsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "limits.md"));

    /// <summary>The beginning of a row, and the numbers that it must contain.</summary>
    public static TheoryData<string, string[]> Rows => new()
    {
        { "a body:", [Mebibytes(BodyLimits.DefaultBytes)] },
        { "a compressed body:", [Mebibytes(IngestLimits.FreeUnpackedBytes), $"{IngestLimits.MostUnpacked} times"] },
        { "rows of one request:", [Number(IngestLimits.MostRows)] },
        { "events of one batch of Honeycomb's API:", [Number(IngestLimits.MostBatchEvents)] },
        { "fields of one event:", [Number(EventRow.MostColumns)] },
        { "objects and values of one OTLP/JSON request:", [Number(IngestLimits.MostJsonElements)] },
        { "unreadable records of one OTLP request:", [Number(IngestLimits.MostUnreadable)] },
        { "decoded rows:", [$"{IngestLimits.MostGrowth} times", Mebibytes(IngestLimits.FreeGrowthBytes)] },
        { "the text of one resource", [Mebibytes(RequestBudget.MostTextBytes)] },
        { "keys: ", [Number(IngestLimits.MostKeyBytes), Number(IngestLimits.MostNameBytes)] },
        { "names and values of one query or management call:", [Number(JsonBody.MostTokens)] },
        { "nesting: OTLP", [$"calls {JsonBody.DeepestJson}"] },
        { "PutLogEvents:", [Number(PutLogEventsDecoder.MaxEvents)] },
        { "PutTraceSegments:", [Number(new XRayOptions().MaxDocumentsPerRequest)] },
        { "an X-Ray document:", [Mebibytes(new XRayOptions().MaxDocumentBytes), Number(EntityScanner.MostEntities)] },
        { "facts of the column directory in memory:", [Number(ColumnKeys.MostKnown), Mebibytes((int)ColumnKeys.MostBytes)] },
        { "segments with rows that the engine refused:", ["1 GiB", Number(SetAsideFolder.MostSegments)] },
        { "datasets listed:", [Number(IColumnDirectory.MostDatasets)] },
        { "X-Ray's service graphs:", [Number(GraphPage.Most)] },
        { "X-Ray's graphs and map:", [Number(CallGroups.MostShown)] },
        { "a calculated field:", [Number(CalculatedField.MostCharacters), Number(CalculatedField.MostParts)] },
        { "calculations, filters, breakdowns, orders of one query:", [Number(SpecCheck.MostItems)] },
        { "a template of a webhook:", [Number(PayloadTemplate.MostCharacters)] },
        { "missed evaluations of a trigger:", [Number(AlertMoment.MostMissed)] },
        { "problems listed under Setup", [Number(RefusedCalls.Most)] },
        { "GetLogEvents, FilterLogEvents: ", [Number(StoredLineReader.MaxEvents), Mebibytes(StoredLineReader.MaxPageBytes)] },
        { "X-Ray datagrams in the queue:", [Mebibytes((int)new XRayOptions().UdpQueueBytes)] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_of_the_page_contains_the_limit_of_the_code(string start, string[] numbers)
    {
        var row = Page.Split('\n').Where(line => line.StartsWith("| " + start, StringComparison.Ordinal)).ShouldHaveSingleItem();
        foreach (var number in numbers)
            row.ShouldContain(number);
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Mebibytes(int bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
