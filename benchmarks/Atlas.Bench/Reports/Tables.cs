using System.Globalization;
using System.Text;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Reports;

/// <summary>Results as tables in Markdown.</summary>
internal static class Tables
{
    /// <summary>A scenario: each figure as its median, from least to most, and its ratio to the best rival's.</summary>
    /// <param name="results">What it measured.</param>
    /// <param name="commit">What of; null: it goes without saying.</param>
    internal static string Of(Results results, string? commit = null)
    {
        var text = new StringBuilder();
        text.Append(Format($"### {results.Scenario}\n{results.Description}.{results.Note}"));
        if (commit is not null)
        {
            text.Append(Format($" Measured on {DateTime.UtcNow:yyyy-MM-dd} at commit {commit}."));
        }

        text.Append("\n\n|  |");
        foreach (Figure figure in results.Figures)
        {
            text.Append(Format($" {figure.Name} |"));
            if (results.BestRival(figure) is { } best)
            {
                text.Append(Format($" of {best.Name} |"));
            }
        }

        text.Append("\n|---|");
        foreach (Figure figure in results.Figures)
        {
            text.Append(results.BestRival(figure) is null ? "---|" : "---|---|");
        }

        foreach (Peer peer in results.Peers)
        {
            text.Append(Format($"\n| {peer.Name} |"));
            foreach (Figure figure in results.Figures)
            {
                text.Append(Cell(results.Of(peer, figure), figure));
                if (results.BestRival(figure) is { } best)
                {
                    text.Append(Format($" {results.Of(peer, figure).RatioTo(results.Of(best, figure)):F2} |"));
                }
            }
        }

        return text.Append('\n').ToString();
    }

    /// <summary>What a request costs Atlas, as a ratio to what it costs each rival, for every scenario that measured
    /// it; empty where there are no two to compare.</summary>
    internal static string Summary(IReadOnlyList<Results> all)
    {
        Peer[] peers = [.. all.Where(results => results.Figures.Contains(Figure.CpuPerRequest)).SelectMany(results => results.Peers).Distinct()];
        string[] rows = [.. all.Select(results => SummaryRow(results, peers)).Where(row => row.Length > 0)];
        return Pairs(peers).Any() && rows.Length > 0 ? $"{SummaryHead(peers)}\n{string.Join('\n', rows)}\n" : "";
    }

    /// <summary>The two lines above the rows of <see cref="Summary"/>.</summary>
    internal static string SummaryHead(IReadOnlyList<Peer> peers)
    {
        var text = new StringBuilder("| CPU per request |");
        text.AppendJoin("", Pairs(peers).Select(pair => $" {pair.Atlas.Name} / {pair.Rival.Name} |"));
        return text.Append("\n|---|").AppendJoin("", Pairs(peers).Select(_ => "---|")).ToString();
    }

    /// <summary>A row of <see cref="Summary"/>; empty for a scenario that did not measure it.</summary>
    internal static string SummaryRow(Results results, IReadOnlyList<Peer> peers)
    {
        if (!results.Figures.Contains(Figure.CpuPerRequest))
        {
            return "";
        }

        var text = new StringBuilder(Format($"| {results.Scenario} |"));
        foreach ((Peer atlas, Peer rival) in Pairs(peers))
        {
            bool isMeasured = results.Peers.Contains(atlas) && results.Peers.Contains(rival);
            text.Append(isMeasured
                ? Format($" {results.Of(atlas, Figure.CpuPerRequest).RatioTo(results.Of(rival, Figure.CpuPerRequest)):F2} |")
                : " – |");
        }

        return text.ToString();
    }

    private static IEnumerable<(Peer Atlas, Peer Rival)> Pairs(IReadOnlyList<Peer> peers) =>
        from atlas in peers where atlas.IsAtlas from rival in peers where rival.IsRival select (atlas, rival);

    private static string Cell(Series series, Figure figure)
    {
        string Number(double value) => value.ToString($"N{figure.Decimals}", CultureInfo.InvariantCulture);
        return $" {Number(series.Median)} ({Number(series.Rounds.Min())}–{Number(series.Rounds.Max())}) |";
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
