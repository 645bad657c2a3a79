using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Features.Questions;
using Weir.Protocols.Explore.Alerts;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/triggers/{dataset}</c>: a question asked every <c>frequency</c> seconds whose answer is held against a threshold. The question
/// is given whole (<c>query</c>) or as a stored one (<c>query_id</c>); both are answered.
/// </summary>
internal sealed class Triggers(ManagedStore store, StoredQueries queries, AlertRecipients recipients, AlertStates states) : ManagedKind
{
    public const string Kind = "triggers";
    private const int ShortestFrequency = 60;
    private const int LongestFrequency = 86_400;
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public override string Name => Kind;

    public override async Task<JsonObject> Shape(ManageCall call, ManageInput input, Managed? before)
    {
        var frequency = input.Whole("frequency", ShortestFrequency, LongestFrequency) ?? 900;
        if (frequency % 60 != 0)
            input.Fault("frequency", "invalid", "must be a multiple of 60 seconds");
        var trigger = new JsonObject
        {
            ["name"] = input.Required("name", 120),
            ["description"] = input.Text("description", 1023),
            ["disabled"] = input.Bool("disabled", otherwise: false),
            ["dataset_slug"] = call.Dataset,
            ["frequency"] = frequency,
            ["alert_type"] = input.OneOf("alert_type", "on_change", "on_change", "on_true"),
            ["threshold"] = Threshold(input),
            ["tags"] = input.Tags(),
        };
        Schedule(input, trigger);
        Baseline(input, trigger);
        var query = Question(call, input);
        if (query is not null)
            CheckQuestion(input, query, frequency);
        trigger["recipients"] = await recipients.ShapeAsync(call, input, allowsMarkers: true);
        input.Check();
        // A question that is stored keeps its id from change to change of the trigger.
        trigger["query_id"] = input.Has("query_id") && !input.Has("query")
            ? input.Text("query_id", 64)
            : (await queries.TakeAsync(call.Scope, call.Dataset, query!, call.Stop)).Id;
        trigger["query"] = query!.DeepClone();
        return trigger;
    }

    public override Task<JsonObject> Show(ManageCall call, Managed managed)
    {
        var trigger = (JsonObject)managed.Body.DeepClone();
        trigger["triggered"] = states.Of(managed.Id).IsTriggered;
        return Task.FromResult(trigger);
    }

    public override Task BeforeDelete(ManageCall call, Managed managed) => states.ForgetAsync(managed.Id, call.Stop);

    /// <summary>Those that tell a recipient.</summary>
    public IEnumerable<Managed> Telling(string scope, string recipientId) => store.List(Kind, scope).Where(t => Recipients.Names(t.Body, recipientId));

    private JsonObject? Question(ManageCall call, ManageInput input)
    {
        if (input.Has("query") && input.Object("query") is { } query)
            return query.ToJson();
        if (!input.Has("query_id"))
        {
            input.Fault("query", "missing", "query or query_id is required");
            return null;
        }
        if (queries.Find(call.Scope, input.Text("query_id", 64)) is { } stored)
            return StoredQueries.SpecOf(stored);
        input.Fault("query_id", "invalid", "there is no such query in this dataset");
        return null;
    }

    /// <summary>What a trigger may not ask, whoever would answer it.</summary>
    private static void CheckQuestion(ManageInput input, JsonObject query, long frequency)
    {
        try
        {
            TriggerQuestion.Read(query);
        }
        catch (SpecException error)
        {
            foreach (var wrong in error.Errors)
                input.Fault("query." + wrong.Field, wrong.Code == "missing" ? "missing" : "invalid", wrong.Description);
            return;
        }
        foreach (var member in new[] { "orders", "limit", "start_time", "end_time", "compare_time_offset_seconds" })
        {
            if (query[member] is JsonArray { Count: > 0 } || (query[member] is not null and not JsonArray))
                input.Fault("query." + member, "invalid", "a trigger's query can't have it");
        }
        var calculations = query["calculations"] as JsonArray ?? [];
        foreach (var calculation in calculations)
        {
            if (calculation is JsonObject named && named["op"] is JsonValue op && op.TryGetValue<string>(out var word) && word is "HEATMAP" or "CONCURRENCY")
                input.Fault("query.calculations", "invalid", $"a trigger can't use {word}");
        }
        var formulas = query["formulas"] as JsonArray ?? [];
        if (formulas.Count > 1 || (formulas.Count == 0 && calculations.Count > 1))
            input.Fault("query.calculations", "invalid", "a trigger has one calculation, or one formula over named ones");
        if (query["havings"] is JsonArray { Count: > 1 })
            input.Fault("query.havings", "invalid", "a trigger has one having at most");
        var range = query["time_range"]?.GetValueKind() == JsonValueKind.Number ? (double)query["time_range"]! : 7200;
        if (range <= 0 || range > LongestFrequency || (query["time_range"] is not null && range > frequency * 4))
        {
            input.Fault("query.time_range", "invalid", string.Create(
                CultureInfo.InvariantCulture, $"must be at most four times the frequency ({frequency * 4} s) and a day"));
        }
    }

    private static JsonObject Threshold(ManageInput input)
    {
        if (input.Object("threshold") is not { } threshold)
        {
            input.Fault("threshold", "missing", "is required");
            return [];
        }
        if (!threshold.Has("value"))
            threshold.Fault("value", "missing", "is required");
        return new JsonObject
        {
            ["op"] = threshold.OneOf("op", ">", ">", ">=", "<", "<="),
            ["value"] = threshold.Number("value", double.MinValue, double.MaxValue) ?? 0,
            ["exceeded_limit"] = threshold.Whole("exceeded_limit", 1, 5) ?? 1,
        };
    }

    private static void Schedule(ManageInput input, JsonObject trigger)
    {
        var window = input.Object("evaluation_schedule")?.Object("window");
        var type = input.OneOf("evaluation_schedule_type", window is null ? "frequency" : "window", "frequency", "window");
        trigger["evaluation_schedule_type"] = type;
        if (window is null)
        {
            if (type == "window")
                input.Fault("evaluation_schedule", "missing", "is required for a schedule of type window");
            return;
        }
        var days = window.Texts("days_of_week", 7);
        if (days.Count == 0 || days.Exists(d => !Days.Contains(d)))
            window.Fault("days_of_week", "invalid", "must name days: " + string.Join(", ", Days));
        foreach (var member in new[] { "start_time", "end_time" })
        {
            if (!TimeOnly.TryParseExact(window.Required(member, 5), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
                window.Fault(member, "invalid", "must be HH:mm, UTC");
        }
        trigger["evaluation_schedule"] = new JsonObject { ["window"] = window.ToJson() };
    }

    private static void Baseline(ManageInput input, JsonObject trigger)
    {
        if (input.Object("baseline_details") is not { } baseline || (!baseline.Has("offset_minutes") && !baseline.Has("type")))
            return;
        var offset = baseline.RequiredWhole("offset_minutes", 0, long.MaxValue);
        if (offset is not (60 or 1440 or 10_080 or 40_320))
            baseline.Fault("offset_minutes", "invalid", "must be 60, 1440, 10080 or 40320");
        trigger["baseline_details"] = new JsonObject { ["offset_minutes"] = offset, ["type"] = baseline.OneOf("type", "value", "value", "percentage") };
    }
}
