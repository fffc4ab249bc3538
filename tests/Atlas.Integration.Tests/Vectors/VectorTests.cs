using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Atlas.Integration.Tests.Vectors;

/// <summary>Wire data that others collected, through Atlas to a server that keeps what it gets: nothing odd may arrive, no
/// server may see more requests than the client gets answers, and Atlas refuses at least as many invalid requests as the
/// best of the proxies whose behaviour the data tells. The data is not part of the project.</summary>
[Trait("kind", "vectors")]
public sealed class VectorTests
{
    private const int Lanes = 8;

    private static readonly string? Directory = Environment.GetEnvironmentVariable("ATLAS_VECTORS");

    [Theory]
    [InlineData("h1-gunicorn.json")]
    [InlineData("h1-llhttp.json")]
    [InlineData("h1-portswigger-hrs.json")]
    [InlineData("h1-smuggler-default.json")]
    public async Task File_ThroughAtlas_LetsNothingOddThrough(string file)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Directory), "ATLAS_VECTORS names no directory: ./test vectors --data DIR");
        WireVector[] vectors = WireVector.ReadFile(Path.Combine(Directory, file));
        var outcomes = new ConcurrentDictionary<WireVector, VectorOutcome>();
        await Parallel.ForEachAsync(
            vectors,
            new ParallelOptions { MaxDegreeOfParallelism = Lanes },
            async (vector, _) => outcomes[vector] = await VectorOutcome.OfAsync(vector));

        WireVector[] invalid = [.. vectors.Where(vector => vector.ShouldBeRefused)];
        string[] peers = [.. vectors.SelectMany(vector => vector.Peers.Keys).Distinct(StringComparer.Ordinal)];
        Dictionary<string, int> refusedBy = peers.ToDictionary(
            peer => peer, peer => invalid.Count(vector => !vector.WasForwardedBy(peer)), StringComparer.Ordinal);
        int refused = invalid.Count(vector => !outcomes[vector].IsForwarded);
        int best = refusedBy.Values.Max();
        Report(file, vectors, outcomes, $"invalid {invalid.Length}, refused {refused}, best peer {best} ({Names(refusedBy, best)})");

        outcomes.Where(pair => pair.Value.Breaches.Count > 0)
            .Select(pair => $"{pair.Key.Id}: {string.Join("; ", pair.Value.Breaches)}")
            .ShouldBeEmpty();
        refused.ShouldBeGreaterThanOrEqualTo(best, Missed(invalid, outcomes, refusedBy, best));
    }

    private static string Names(Dictionary<string, int> refusedBy, int best) =>
        string.Join(", ", refusedBy.Where(pair => pair.Value == best).Select(pair => pair.Key));

    /// <summary>What Atlas let through and the best peers did not.</summary>
    private static string Missed(
        WireVector[] invalid, ConcurrentDictionary<WireVector, VectorOutcome> outcomes, Dictionary<string, int> refusedBy, int best)
    {
        IEnumerable<string> lines = invalid
            .Where(vector => outcomes[vector].IsForwarded && refusedBy.Any(pair => pair.Value == best && !vector.WasForwardedBy(pair.Key)))
            .Select(vector => $"{vector.Id} [{vector.Expect}] {string.Join('/', outcomes[vector].Statuses)}");
        return string.Join('\n', lines);
    }

    private static void Report(
        string file, WireVector[] vectors, ConcurrentDictionary<WireVector, VectorOutcome> outcomes, string comparison)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{file}: {vectors.Length} cases, {comparison}");
        foreach (IGrouping<string, WireVector> group in vectors.GroupBy(vector => vector.Expect, StringComparer.Ordinal))
        {
            int forwarded = group.Count(vector => outcomes[vector].IsForwarded);
            int waits = group.Count(vector => outcomes[vector].IsWait);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {group.Key}: {group.Count()} cases, {group.Count() - forwarded - waits} refused, {forwarded} forwarded, {waits} wait");
            if (group.Key == "reject")
            {
                foreach (WireVector vector in group.Where(vector => outcomes[vector].IsForwarded))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"    forwarded: {vector.Id} {string.Join('/', outcomes[vector].Statuses)}");
                }
            }
        }

        Console.Write(text);
    }
}
