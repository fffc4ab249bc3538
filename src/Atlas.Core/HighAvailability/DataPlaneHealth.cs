using Atlas.Core.Health;

namespace Atlas.Core.HighAvailability;

/// <summary>
/// Whether a node's own listeners answer, each at each of its addresses. Immutable: <see cref="After"/> gives the state after one more
/// look at all of them.
/// <code>
///   listener   answers                    serves
///   listener   no answer, the first look  does not serve
///   listener   no answer once             as before
///   listener   no answer twice in a row   does not serve
///   listener   could not be asked         as before
///   the node   all its listeners serve    serves; also without any that can be asked
/// </code>
/// One answer is enough to serve again: what hung and answers hangs no more, and clients are better off with one node more.
/// </summary>
public sealed class DataPlaneHealth
{
    /// <summary>Answers in a row after which a listener serves.</summary>
    public const int Rise = 1;

    /// <summary>Looks without an answer in a row after which it does not: a single one may be an accident of the machine.</summary>
    public const int Fall = 2;

    private readonly IReadOnlyDictionary<(string Asked, string Address), CheckState> _asked;

    private DataPlaneHealth(IReadOnlyDictionary<(string Asked, string Address), CheckState> asked, string? reason)
    {
        _asked = asked;
        Reason = reason;
    }

    /// <summary>Before the first look; it counts as serving, since nothing speaks against it.</summary>
    public static DataPlaneHealth New { get; } = new(new Dictionary<(string, string), CheckState>(), reason: null);

    /// <summary>Whether the node serves.</summary>
    public bool IsServing => Reason is null;

    /// <summary>Why it does not: <c>listener web at 127.0.0.1:80: no answer within 750 ms</c>; null: it serves.</summary>
    public string? Reason { get; }

    /// <summary>The state after a look. What is not among the answers is forgotten.</summary>
    public DataPlaneHealth After(IReadOnlyList<ListenerAnswer> answers)
    {
        var next = new Dictionary<(string, string), CheckState>(answers.Count);
        string? reason = null;
        foreach (ListenerAnswer answer in answers)
        {
            CheckState state = _asked.GetValueOrDefault((answer.Asked, answer.Address), CheckState.New).After(answer.Outcome, Rise, Fall);
            next[(answer.Asked, answer.Address)] = state;
            if (state.Health == ServerHealth.Down)
            {
                reason ??= $"{answer.Asked}{(answer.Address.Length > 0 ? $" at {answer.Address}" : "")}: {answer.Detail}";
            }
        }

        return new DataPlaneHealth(next, reason);
    }
}
