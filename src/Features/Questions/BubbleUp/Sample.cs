namespace Weir.Features.Questions.BubbleUp;

/// <summary>Rows of one of the two sets: a weight for each and, by column, a value for each.</summary>
internal sealed class Sample(IReadOnlyList<string> columns)
{
    private readonly List<object?>[] _values = [.. columns.Select(_ => new List<object?>())];
    private readonly List<double> _weights = [];

    public IReadOnlyList<string> Columns => columns;

    public int Rows => _weights.Count;

    public IReadOnlyList<double> Weights => _weights;

    public double Weight { get; private set; }

    /// <summary>What the sample is worth in rows of weight 1.</summary>
    public double EffectiveRows { get; private set; }

    public IReadOnlyList<object?> Values(int column) => _values[column];

    /// <param name="weight">How many rows this one stands for.</param>
    /// <param name="value">string, double, bool or null, by column.</param>
    public void Add(double weight, Func<int, object?> value)
    {
        _weights.Add(weight);
        Weight += weight;
        _squares += weight * weight;
        EffectiveRows = Weight * Weight / _squares;
        for (var column = 0; column < _values.Length; column++)
            _values[column].Add(value(column));
    }

    private double _squares;
}
