using System.Globalization;
using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>Tells when checks have taken out all servers of a pool, and when the first is back. Any thread.</summary>
internal sealed class PoolHealth
{
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly HealthOptions _options;
    private IReadOnlyList<HealthSubscription> _servers = [];
    private HealthEventState _state;
    private Moment _since;

    internal PoolHealth(string name, HealthOptions options)
    {
        _name = name;
        _options = options;
        _since = Moment.Now(options.Time);
    }

    /// <summary>Has these servers from now on.</summary>
    internal void Apply(IReadOnlyList<HealthSubscription> servers)
    {
        lock (_gate)
        {
            _servers = servers;
            Judge(Moment.Now(_options.Time));
        }
    }

    /// <summary>Looks at the servers again. O(servers).</summary>
    internal void Judge(Moment now)
    {
        lock (_gate)
        {
            HealthSubscription? works = _servers.FirstOrDefault(server => server.Health == ServerHealth.Up)
                ?? _servers.FirstOrDefault(server => server.Health == ServerHealth.Unknown);
            if (works is null && _servers.Count > 0)
            {
                string whom = _servers.Count == 1
                    ? "its only server"
                    : string.Create(CultureInfo.InvariantCulture, $"all of its {_servers.Count} servers");
                Turn(HealthEventState.Down, "with " + whom, now);
            }
            else if (works is not null && (_state == HealthEventState.Down || works.Health == ServerHealth.Up))
            {
                Turn(HealthEventState.Up, "again with server " + works.Target.Server, now);
            }
        }
    }

    private void Turn(HealthEventState state, string detail, Moment now)
    {
        HealthEventState from = _state;
        if (from == state)
        {
            return;
        }

        Moment since = _since;
        _since = now;
        _state = state;

        // That a pool works at first is what everybody expects.
        if (from != HealthEventState.Unknown || state == HealthEventState.Down)
        {
            _options.Tell(new HealthEvent(_name, null, from, state, HealthEventReason.Servers, detail), since, now);
        }
    }
}
