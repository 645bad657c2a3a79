using Shouldly;
using Weir.Core.Model;
using Weir.Core.Query;
using Weir.Protocols.Api.In;
using Xunit;

namespace Weir.Tests.Api;

public sealed class SearchTextTests
{
    private const string Hex = "5759e988bd862e3fe1be46a994272793";

    [Theory]
    [InlineData(Hex, true, false, true, false)]
    [InlineData("5759E988BD862E3FE1BE46A994272793", true, false, true, false)]
    [InlineData("1-5759e988-bd862e3fe1be46a994272793", true, false, false, false)]
    [InlineData(" \"1-5759e988-bd862e3fe1be46a994272793\", ", true, false, false, false)]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", true, false, false, false)]
    [InlineData("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01", true, false, true, false)]
    [InlineData("5759e988-bd86-2e3f-e1be-46a994272793", false, false, true, false)]
    [InlineData("53995c3f42cd8ad8", true, true, false, true)]
    [InlineData("00000000000000000000000000000000", false, false, true, false)]
    [InlineData("backend-flask", false, false, false, false)]
    [InlineData("#", false, false, false, false)]
    [InlineData("#12x", false, false, false, false)]
    [InlineData("12", false, false, false, false)]
    [InlineData("", false, false, false, false)]
    public void Ids_are_recognised(string text, bool trace, bool span, bool occurrence, bool item)
    {
        var term = SearchTerm.Read(text);
        (term.TraceId is not null, term.SpanId is not null, term.OccurrenceId is not null, term.ItemId is not null)
            .ShouldBe((trace, span, occurrence, item));
        term.IsId.ShouldBe(trace || span || occurrence || item);
    }

    [Fact]
    public void Both_forms_of_a_trace_id_are_one_and_uuids_lose_their_dashes()
    {
        SearchTerm.Read("1-5759e988-bd862e3fe1be46a994272793").TraceId.ShouldBe(SearchTerm.Read(Hex).TraceId);
        SearchTerm.Read("5759E988-bd86-2e3f-e1be-46a994272793").OccurrenceId.ShouldBe(Hex);
        SearchTerm.Read("#12").Counter.ShouldBe(12);
        Should.Throw<FaultException>(() => SearchTerm.Read(new string('a', 501))).Fault.Kind.ShouldBe(FaultKind.Invalid);
    }

    [Theory]
    [InlineData("error", "error", "")]
    [InlineData("GET timeout", "GET|timeout", "")]
    [InlineData("/api/activities/home", "api|activities|home", "/api/activities/home")]
    [InlineData("\"200 OK\" GET", "200|OK|GET", "200 OK")]
    [InlineData("\"not closed", "not|closed", "not closed")]
    [InlineData("id-7", "id|7", "id-7")]
    [InlineData("größe", "größe", "")]
    [InlineData("?!", "", "?!")]
    [InlineData("  ", "", "")]
    [InlineData("\"\" a", "a", "")]
    public void A_text_is_searched_by_words_and_literally_with_punctuation(string text, string words, string phrases)
    {
        var condition = TextSearch.Words("body", text);
        var conditions = condition switch { null => [], AndExpr and => and.Operands, var one => [one] };
        string Of(CompareOp op) => string.Join('|', conditions.OfType<CompareExpr>().Where(c => c.Op == op).Select(c => ((ConstExpr)c.Right).Value));
        Of(CompareOp.HasToken).ShouldBe(words);
        Of(CompareOp.ContainsIgnoreCase).ShouldBe(phrases);
    }
}
