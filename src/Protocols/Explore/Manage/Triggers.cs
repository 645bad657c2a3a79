using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Core.Settings;
using Weir.Features.Alerts;
using Weir.Features.Alerts.Notifications;
using Weir.Features.Questions;
using Weir.Features.Questions.Kept;

namespace Weir.Protocols.Explore.Manage;

/// <summary>
/// <c>/triggers/{dataset}</c>: a question asked every <c>frequency</c> seconds whose answer is compared with a threshold. The question
/// is given whole (<c>query</c>) or as a stored one (<c>query_id</c>); both are answered.
/// </summary>
internal sealed class Triggers(Documents<Trigger> triggers, StoredQueries queries, AlertRecipients recipients, AlertStates states, ReadQuerySpec read)
    : ManagedKind<Trigger>(triggers)
{
    private const int ShortestFrequency = 60;
    private const int LongestFrequency = 86_400;
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public override string Name => "triggers";

    public override async Task<Trigger> Shape(ManageCall call, ManageInput input, Stored<Trigger>? before)
    {
        var frequency = input.Whole("frequency", ShortestFrequency, LongestFrequency) ?? Trigger.DefaultFrequency;
        if (frequency % 60 != 0)
            input.Fault("frequency", "invalid", "must be a multiple of 60 seconds");
        var trigger = new Trigger(
            input.Required("name", 120),
            input.Text("description", 1023),
            input.Bool("disabled", otherwise: false),
            call.Dataset,
            frequency,
            input.OneOf("alert_type", "on_change", "on_change", "on_true"),
            ShapeThreshold(input),
            input.Tags());
        var (scheduleType, schedule) = ShapeSchedule(input);
        trigger = trigger with { EvaluationScheduleType = scheduleType, EvaluationSchedule = schedule, BaselineDetails = ShapeBaseline(input) };
        var query = Question(call, input);
        if (query is { } asked)
            CheckQuestion(input, asked, frequency);
        trigger = trigger with { Recipients = await recipients.ShapeAsync(call, input, allowsMarkers: true) };
        input.Check();
        // A question that is stored keeps its id from change to change of the trigger.
        return trigger with
        {
            QueryId = input.Has("query_id") && !input.Has("query") ? input.Text("query_id", 64) : (await queries.TakeAsync(call.Scope, call.Dataset, query!.Value, call.Stop)).Id,
            Query = query,
        };
    }

    public override Task<JsonObject> Show(ManageCall call, Stored<Trigger> stored) =>
        Task.FromResult(Members(stored, new AlertStanding(states.Of(stored.Id).IsTriggered()), AddedJson.Default.AlertStanding));

    public override Task BeforeDelete(ManageCall call, Stored<Trigger> stored) => states.ForgetAsync(stored.Id, call.Stop);

    /// <summary>Those that notify a recipient.</summary>
    public IEnumerable<Stored<Trigger>> Notifying(string scope, string recipientId) => Documents.List(scope).Where(t => Recipients.Names(t.Value.Recipients, recipientId));

    private JsonElement? Question(ManageCall call, ManageInput input)
    {
        if (input.Has("query") && input.Object("query") is { } query)
            return query.ToElement();
        if (!input.Has("query_id"))
        {
            input.Fault("query", "missing", "query or query_id is required");
            return null;
        }
        if (queries.Find(call.Scope, input.Text("query_id", 64)) is { } stored)
            return stored.Value.Spec;
        input.Fault("query_id", "invalid", "there is no such query in this dataset");
        return null;
    }

    /// <summary>What a trigger may not ask, whoever would answer it.</summary>
    private void CheckQuestion(ManageInput input, JsonElement query, long frequency)
    {
        try
        {
            read(query);
        }
        catch (SpecException error)
        {
            foreach (var wrong in error.Errors)
                input.Fault("query." + wrong.Field, wrong.Code == "missing" ? "missing" : "invalid", wrong.Description);
            return;
        }
        foreach (var member in new[] { "orders", "limit", "start_time", "end_time", "compare_time_offset_seconds" })
        {
            if (Member(query, member) is { } given && (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > 0))
                input.Fault("query." + member, "invalid", "a trigger's query can't have it");
        }
        foreach (var calculation in List(query, "calculations"))
        {
            if (Member(calculation, "op") is { ValueKind: JsonValueKind.String } op && op.GetString() is "HEATMAP" or "CONCURRENCY")
                input.Fault("query.calculations", "invalid", $"a trigger can't use {op.GetString()}");
        }
        var formulas = List(query, "formulas").Count;
        if (formulas > 1 || (formulas == 0 && List(query, "calculations").Count > 1))
            input.Fault("query.calculations", "invalid", "a trigger has one calculation, or one formula over named ones");
        if (List(query, "havings").Count > 1)
            input.Fault("query.havings", "invalid", "a trigger has one having at most");
        var timeRange = Member(query, "time_range");
        var range = timeRange is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : 7200;
        if (range <= 0 || range > LongestFrequency || (timeRange is not null && range > frequency * 4))
        {
            input.Fault("query.time_range", "invalid", string.Create(
                CultureInfo.InvariantCulture, $"must be at most four times the frequency ({frequency * 4} s) and a day"));
        }
    }

    private static List<JsonElement> List(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    /// <summary>Null when it is not there, or null.</summary>
    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static Threshold ShapeThreshold(ManageInput input)
    {
        if (input.Object("threshold") is not { } threshold)
        {
            input.Fault("threshold", "missing", "is required");
            return new Threshold();
        }
        if (!threshold.Has("value"))
            threshold.Fault("value", "missing", "is required");
        return new Threshold(
            threshold.OneOf("op", ">", ">", ">=", "<", "<="),
            threshold.Number("value", double.MinValue, double.MaxValue) ?? 0,
            (int)(threshold.Whole("exceeded_limit", 1, 5) ?? 1));
    }

    private static (string Type, EvaluationSchedule? Schedule) ShapeSchedule(ManageInput input)
    {
        var window = input.Object("evaluation_schedule")?.Object("window");
        var type = input.OneOf("evaluation_schedule_type", window is null ? "frequency" : "window", "frequency", "window");
        if (window is null)
        {
            if (type == "window")
                input.Fault("evaluation_schedule", "missing", "is required for a schedule of type window");
            return (type, null);
        }
        var days = window.Texts("days_of_week", 7);
        if (days.Count == 0 || days.Exists(d => !Days.Contains(d)))
            window.Fault("days_of_week", "invalid", "must name days: " + string.Join(", ", Days));
        return (type, new EvaluationSchedule(new EvaluationWindow(days, Time(window, "start_time"), Time(window, "end_time"))
        {
            Others = window.Others("days_of_week", "start_time", "end_time"),
        }));
    }

    private static string Time(ManageInput window, string member)
    {
        var text = window.Required(member, 5);
        if (!TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            window.Fault(member, "invalid", "must be HH:mm, UTC");
        return text;
    }

    private static Baseline? ShapeBaseline(ManageInput input)
    {
        if (input.Object("baseline_details") is not { } baseline || (!baseline.Has("offset_minutes") && !baseline.Has("type")))
            return null;
        var offset = baseline.RequiredWhole("offset_minutes", 0, long.MaxValue);
        if (offset is not (60 or 1440 or 10_080 or 40_320))
            baseline.Fault("offset_minutes", "invalid", "must be 60, 1440, 10080 or 40320");
        return new Baseline(offset, baseline.OneOf("type", "value", "value", "percentage"));
    }
}
