using System.Globalization;
using System.Text;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Reports;

/// <summary>Results as tables in Markdown.</summary>
internal static class Tables
{
    /// <summary>A scenario: each figure as its median, from least to most, and its ratio to the best rival's.</summary>
    internal static string Of(Results results)
    {
        var text = new StringBuilder();
        text.Append(Format($"### {results.Scenario}\n{results.Description}.{results.Note}")).Append("\n\n|  |");
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
    /// it.</summary>
    internal static string Summary(IReadOnlyList<Results> all)
    {
        Results[] costs = [.. all.Where(results => results.Figures.Contains(Figure.CpuPerRequest))];
        Peer[] peers = [.. costs.SelectMany(results => results.Peers).Distinct()];
        (Peer Atlas, Peer Rival)[] pairs =
            [.. from atlas in peers where atlas.IsAtlas from rival in peers where rival.IsRival select (atlas, rival)];
        if (pairs.Length == 0)
        {
            return "";
        }

        var text = new StringBuilder("| CPU per request |");
        text.AppendJoin("", pairs.Select(pair => $" {pair.Atlas.Name} / {pair.Rival.Name} |"));
        text.Append("\n|---|").AppendJoin("", pairs.Select(_ => "---|"));
        foreach (Results results in costs)
        {
            text.Append(Format($"\n| {results.Scenario} |"));
            foreach ((Peer atlas, Peer rival) in pairs)
            {
                double ratio = results.Of(atlas, Figure.CpuPerRequest).RatioTo(results.Of(rival, Figure.CpuPerRequest));
                text.Append(Format($" {ratio:F2} |"));
            }
        }

        return text.Append('\n').ToString();
    }

    private static string Cell(Series series, Figure figure)
    {
        string Number(double value) => value.ToString($"N{figure.Decimals}", CultureInfo.InvariantCulture);
        return $" {Number(series.Median)} ({Number(series.Rounds.Min())}–{Number(series.Rounds.Max())}) |";
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
