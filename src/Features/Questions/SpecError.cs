namespace Weir.Features.Questions;

/// <summary>One error of a specification.</summary>
/// <param name="Field">Where, such as <c>calculations[0].column</c>.</param>
/// <param name="Code">Short and stable: invalid, missing, unknown, out-of-range, conflict.</param>
/// <param name="Description">For the person who wrote it.</param>
public sealed record SpecError(string Field, string Code, string Description);

/// <summary>An invalid specification, with all of its errors.</summary>
public sealed class SpecException(IReadOnlyList<SpecError> errors) : Exception(string.Join("; ", errors.Select(e => $"{e.Field}: {e.Description}")))
{
    public SpecException(string field, string code, string description)
        : this([new SpecError(field, code, description)])
    {
    }

    public IReadOnlyList<SpecError> Errors { get; } = errors;
}
