using Shouldly;
using Weir.Core.Model;
using Xunit;

namespace Weir.Tests.Core;

public sealed class IdTests
{
    [Theory]
    [InlineData("5759e988bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("1-5759e988-bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("5759E988BD862E3FE1BE46A994272793", "5759e988bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("cbe4decd12429177", "0000000000000000cbe4decd12429177", "1-00000000-00000000cbe4decd12429177")]
    public void Both_forms_are_one_id(string text, string hex, string xray)
    {
        TraceId.TryParse(text, out var id).ShouldBeTrue();
        (id.ToHex(), id.ToXRay()).ShouldBe((hex, xray));
        TraceId.FromBytes(id.ToBytes()).ShouldBe(id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5759e988bd862e3fe1be46a99427279")]
    [InlineData("5759e988bd862e3fe1be46a99427279g")]
    [InlineData("2-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("1-5759e988-bd862e3fe1be46a99427279")]
    [InlineData("1_5759e988_bd862e3fe1be46a994272793")]
    [InlineData("+759e988bd862e3fe1be46a994272793")]
    [InlineData(" 759e988bd862e3fe1be46a994272793")]
    public void Invalid_ids_are_rejected(string text) => TraceId.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("890452a577ef2e0f", true)]
    [InlineData("890452a577ef2e0", false)]
    [InlineData("890452a577ef2e0z", false)]
    public void Span_ids_are_sixteen_digits(string text, bool ok)
    {
        SpanId.TryParse(text, out var id).ShouldBe(ok);
        if (ok)
            id.ToHex().ShouldBe(text);
    }

    [Fact]
    public void Items_differ_by_environment_service_and_fingerprint()
    {
        var ids = new[] { ("a", "b", "c"), ("a", "b", "d"), ("a", "x", "c"), ("x", "b", "c"), ("a", "b\nc", "") }.Select(x => ItemIdentity.Of(x.Item1, x.Item2, x.Item3)).ToList();
        ids.Distinct().Count().ShouldBe(5);
        ItemIdentity.TryParse(ItemIdentity.ToText(ids[0]), out var back).ShouldBeTrue();
        back.ShouldBe(ids[0]);
    }

    [Theory]
    [InlineData("5759e988bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793")]
    [InlineData(" 5759E988BD862E3FE1BE46A994272793 ", "5759e988bd862e3fe1be46a994272793")]
    [InlineData("1-5759e988-bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793")]
    [InlineData("5759e988-bd86-2e3f-e1be-46a994272793", "5759e988bd862e3fe1be46a994272793")]
    [InlineData("cbe4decd12429177", "0000000000000000cbe4decd12429177")]
    [InlineData("a1", "f55ff16f66f43360266b95db6f8fec01")]
    [InlineData("order 17 \u00e4", "bd86f9bf7b5c8409789dd5e814d8df2f")]
    [InlineData("00000000000000000000000000000000", "00000000000000000000000000000000")]
    [InlineData("", "00000000000000000000000000000000")]
    public void A_client_may_write_a_trace_id_in_any_form(string text, string hex) =>
        ClientIds.Trace(System.Text.Encoding.UTF8.GetBytes(text)).ToHex().ShouldBe(hex);

    [Theory]
    [InlineData("53995C3F42CD8AD8", "53995c3f42cd8ad8")]
    [InlineData("a1", "f55ff16f66f43360")]
    [InlineData("0000000000000000", "0000000000000000")]
    [InlineData(" ", "0000000000000000")]
    public void A_client_may_write_a_span_id_in_any_form(string text, string hex) =>
        ClientIds.Span(System.Text.Encoding.UTF8.GetBytes(text)).ToHex().ShouldBe(hex);
}
