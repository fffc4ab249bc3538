using Atlas.Bench.Peers;

namespace Atlas.Bench.Measure;

/// <summary>What one scenario measured.</summary>
internal sealed class Results(string scenario, string description, IReadOnlyList<Figure> figures)
{
    private readonly Dictionary<(Peer Peer, Figure Figure), Series> _series = [];

    internal string Scenario { get; } = scenario;

    internal string Description { get; } = description;

    internal IReadOnlyList<Figure> Figures { get; } = figures;

    /// <summary>What holds for the whole run only, as a sentence after a blank; empty for
    /// nothing.</summary>
    internal string Note { get; set; } = "";

    internal IReadOnlyList<Peer> Peers { get; private set; } = [];

    internal Series Of(Peer peer, Figure figure) => _series[(peer, figure)];

    internal void Add(Peer peer, Figure figure, double value)
    {
        if (!_series.TryGetValue((peer, figure), out Series? series))
        {
            series = _series[(peer, figure)] = new Series();
            if (!Peers.Contains(peer))
            {
                Peers = [.. Peers, peer];
            }
        }

        series.Add(value);
    }

    /// <summary>The rival with the best median; null if none was measured or the figure has no better.</summary>
    internal Peer? BestRival(Figure figure)
    {
        IEnumerable<Peer> rivals = Peers.Where(peer => peer.IsRival);
        return figure.Better switch
        {
            Better.Lower => rivals.MinBy(peer => Of(peer, figure).Median),
            Better.Higher => rivals.MaxBy(peer => Of(peer, figure).Median),
            Better.Neither => null,
            _ => throw new InvalidOperationException($"{figure.Better}"),
        };
    }
}
