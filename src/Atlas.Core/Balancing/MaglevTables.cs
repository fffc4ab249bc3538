namespace Atlas.Core.Balancing;

/// <summary>A pool's tables, one over the primaries and one over the backups, whatever their health: what is found of a
/// server moves no other server's keys. Made when first asked for, and anew only when names or weights changed. One caller at
/// a time.</summary>
/// <param name="servers">The pool's servers, in its order.</param>
/// <param name="previous">The tables of the same pool before a reload, or null.</param>
internal sealed class MaglevTables(BalancedServer[] servers, MaglevTables? previous)
{
    private readonly string[] _names = [.. servers.Select(server => server.Name)];
    private Maglev? _primaries = previous?._primaries;
    private Maglev? _backups = previous?._backups;

    /// <summary>The table of the servers that such a roster is made of. At least one of them has a weight.</summary>
    public Maglev For(RosterGroup group) => group == RosterGroup.Backup
        ? Table(ref _backups, backups: true)
        : Table(ref _primaries, backups: false);

    /// <summary>Forgets tables whose servers' weights have changed, also those of servers that take no requests.</summary>
    /// <returns>Whether there was one.</returns>
    public bool ForgetStale() => Forget(ref _primaries, backups: false) | Forget(ref _backups, backups: true);

    private Maglev Table(ref Maglev? table, bool backups)
    {
        Forget(ref table, backups);
        return table ??= new Maglev(_names, Weights(backups));
    }

    private bool Forget(ref Maglev? table, bool backups)
    {
        if (table is null || table.IsOf(_names, Weights(backups)))
        {
            return false;
        }

        table = null;
        return true;
    }

    private int[] Weights(bool backups) => [.. servers.Select(server => server.IsBackup == backups ? server.Weight : 0)];
}
