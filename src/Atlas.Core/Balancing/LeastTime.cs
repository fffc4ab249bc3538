namespace Atlas.Core.Balancing;

/// <summary>
/// Of a few servers drawn at random by weight, the one that is likely to answer first: the estimate of its latency
/// (<see cref="LatencyEstimate"/>) times the requests that it would have, for its weight. This is the load metric of
/// the peak EWMA balancer in Twitter's Finagle, which draws two (Mitzenmacher, The Power of Two Choices in Randomized Load
/// Balancing, 2001). A server of which nothing is known yet counts as the average of those drawn with it, so that its requests
/// alone decide. O(1); pools of up to four are looked at as a whole.
/// </summary>
public sealed class LeastTime : Balancer
{
    // Simulated: with a fifth of the servers slow, two draws are both slow for 4 % of the requests, four for 0.2 %, and eight
    // win little more.
    private const int Draws = 4;

    // Different servers that can take the request, below which as many are drawn once more: few draws fall below in a pool of
    // about equal servers, so that the processor guesses right, and most where one or two have nearly all of the weight.
    private const int Enough = 3;

    private readonly Candidate[] _candidates;
    private readonly AliasTable? _table;

    /// <summary>Chooses over a roster. O(servers).</summary>
    /// <param name="roster">Who takes requests.</param>
    /// <param name="servers">The pool's servers, in its order.</param>
    public LeastTime(Roster roster, BalancedServer[] servers)
        : base(roster, servers)
    {
        _candidates = new Candidate[roster.Members.Length];
        for (int place = 0; place < _candidates.Length; place++)
        {
            int index = roster.Members[place];
            _candidates[place] = new Candidate(servers[index], index, 1.0 / roster.Weights[index]);
        }

        _table = _candidates.Length <= Draws ? null : new AliasTable(TurnOrder.ReducedWeights(roster));
    }

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        var contest = new LatencyContest();
        if (_table is null)
        {
            EnterAll(ref contest, request);
        }
        else
        {
            var random = new Mixer(request.Random);
            if (EnterDrawn(_table, ref random, ref contest, request) < Enough)
            {
                EnterDrawn(_table, ref random, ref contest, request);
            }
        }

        int soonest = contest.Soonest;
        return soonest >= 0 ? soonest : ChooseByShare(request.Random, request);
    }

    private void EnterAll(ref LatencyContest contest, in PickRequest request)
    {
        // Equal ones take turns by chance.
        int place = (int)Math.BigMul(request.Random, (ulong)_candidates.Length, out _);
        for (int i = 0; i < _candidates.Length; i++)
        {
            Enter(ref contest, _candidates[place], request);
            place = place + 1 < _candidates.Length ? place + 1 : 0;
        }
    }

    /// <summary>One that is drawn twice is looked at twice, which changes nothing and costs less than to find out first.</summary>
    /// <returns>At least how many different ones entered.</returns>
    private int EnterDrawn(AliasTable table, ref Mixer random, ref LatencyContest contest, in PickRequest request)
    {
        Span<int> drawn = [table.Draw(ref random), table.Draw(ref random), table.Draw(ref random), table.Draw(ref random)];
        int entered = Different(drawn[0], drawn[1], drawn[2], drawn[3]);
        foreach (int place in drawn)
        {
            entered -= Enter(ref contest, _candidates[place], request) ? 0 : 1;
        }

        return entered;
    }

    // Without a branch, as chance decides.
    private static int Different(int a, int b, int c, int d) =>
        1 + (b != a ? 1 : 0) + ((c != a) & (c != b) ? 1 : 0) + ((d != a) & (d != b) & (d != c) ? 1 : 0);

    private static bool Enter(ref LatencyContest contest, in Candidate candidate, in PickRequest request)
    {
        BalancedServer server = candidate.Server;
        int active = server.Active;
        if (active >= server.MaxActive || (!request.Excluded.IsEmpty && request.Excluded.Contains(candidate.Index)))
        {
            return false;
        }

        contest.Enter(candidate.Index, server.LatencyAt(request.NowUs), (active + server.Queued + 1) * candidate.PerWeight);
        return true;
    }

    // What a draw leads to, side by side.
    private readonly record struct Candidate(BalancedServer Server, int Index, double PerWeight);
}
