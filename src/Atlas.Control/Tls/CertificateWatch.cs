using Atlas.Control.Configuration;
using Atlas.Control.Tls.Watching;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>
/// Keeps what TLS needs of files as the files are. It looks at them every few seconds, not by notifications of the file system, which do
/// not come where directories are swapped behind links or files are on another machine. What changed is read with all checks; a pair
/// that cannot be used, such as a new certificate beside the key of the old one, leaves what was there in force, is said once, and read
/// again when one of its files changes. Connections are not touched: what is read is for the next handshake.
/// </summary>
public sealed class CertificateWatch : IDisposable
{
    private const int FilesPerInterval = 512;

    private readonly CertificateWatchOptions _options;
    private readonly ITimer _timer;
    private readonly ExpiryWarnings _warnings = new();
    private readonly SlotProblems _problems = new();

    // Under the gate.
    private AtlasConfig _config = new();
    private TlsLoading _loading = TlsFiles.Load(new AtlasConfig(), default);
    private Dictionary<string, FileStamp> _stamps = [];
    private IReadOnlyList<ConfigError> _unsaid = [];
    private TlsSlots _slots = TlsSlots.None;
    private HashSet<ConfigError> _saidNotes = [];
    private bool _isDisposed;

    /// <summary>A watch over nothing yet.</summary>
    public CertificateWatch(CertificateWatchOptions options)
    {
        _options = options;
        _timer = options.Time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is in force.</summary>
    public TlsMaterial Current
    {
        get
        {
            lock (_options.Gate)
            {
                return _loading.Material!;
            }
        }
    }

    /// <summary>The certificates in force, in the configuration's order.</summary>
    public IReadOnlyList<CertificateStatus> Certificates
    {
        get
        {
            lock (_options.Gate)
            {
                var now = _options.Time.GetUtcNow();
                return [.. _slots.Certificates.Select(slot =>
                    new CertificateStatus(slot.Owner, slot.Path, slot.Material, _problems.Of(slot), now))];
            }
        }
    }

    /// <summary>The files of authorities in force, in the configuration's order.</summary>
    public IReadOnlyList<AuthorityStatus> Authorities
    {
        get
        {
            lock (_options.Gate)
            {
                var now = _options.Time.GetUtcNow();
                return [.. _slots.Authorities.Select(slot =>
                    new AuthorityStatus(slot.Owner, slot.Path, slot.Material, _problems.Of(slot), now))];
            }
        }
    }

    /// <summary>Reads the files of a configuration that is about to come into force. What was read before under the same paths stands in
    /// for what is broken now. Where the configuration is the one in force, as when a signal means the logs, nobody asked for other
    /// certificates. Changes nothing.</summary>
    public TlsPreparation Prepare(AtlasConfig config)
    {
        TlsLoading earlier;
        bool isUnasked;
        lock (_options.Gate)
        {
            earlier = _loading;
            isUnasked = ConfigDiff.Between(_config, config).Count == 0;
        }

        // Before the files are read: what is written meanwhile is seen at the next look.
        var known = TlsFiles.PathsOf(config).ToDictionary(path => path, FileStamp.Of, StringComparer.Ordinal);
        return new TlsPreparation(TlsFiles.Load(config, _options.Time.GetUtcNow(), earlier, isUnasked), known);
    }

    /// <summary>Goes by a configuration that came into force with what was read for it. Under the gate.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="prepared">What <see cref="Prepare"/> read for it, without errors.</param>
    public void Apply(AtlasConfig config, TlsPreparation prepared)
    {
        ArgumentNullException.ThrowIfNull(prepared.Loading.Material);
        var events = new List<CertificateEvent>();
        List<string> notes;
        lock (_options.Gate)
        {
            var now = _options.Time.GetUtcNow();
            var before = _slots;
            _config = config;
            events.AddRange(PutInForce(prepared, now));

            // A reload is asked for by somebody who waits for the answer, and files do not change under it.
            events.AddRange(SayUnsaid(now));

            // The notes of the first reading have what has expired.
            bool isFirst = !before.All.Any();
            events.AddRange(_warnings.Find(_slots, now).Where(warning => warning.Kind == CertificateEventKind.Expiring || !isFirst));
            notes = Fresh(prepared.Loading);
            Arm();
        }

        Tell(events, notes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_options.Gate)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        try
        {
            Look();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An exception of a timer would end the process, for files that it does not need now.
            _options.Say($"the files of certificates cannot be looked at: {e.GetType().Name}: {e.Message}");
        }

        lock (_options.Gate)
        {
            Arm();
        }
    }

    private void Look()
    {
        AtlasConfig config;
        TlsLoading earlier;
        Dictionary<string, FileStamp> known;
        lock (_options.Gate)
        {
            (config, earlier, known) = (_config, _loading, _stamps);
        }

        var stamps = known.Keys.ToDictionary(path => path, FileStamp.Of, StringComparer.Ordinal);
        var now = _options.Time.GetUtcNow();
        bool isChanged = stamps.Any(stamp => known[stamp.Key] != stamp.Value) || earlier.NextLook <= now;
        var loading = isChanged ? TlsFiles.Load(config, now, earlier, isUnasked: true) : null;
        List<CertificateEvent> events;
        List<string> notes;
        lock (_options.Gate)
        {
            // A reload in the meantime has read the files itself.
            if (!ReferenceEquals(config, _config) || _isDisposed)
            {
                return;
            }

            // What failed at the last look and has not changed since is no renewal that is under way.
            events = loading is null ? SayUnsaid(_options.Time.GetUtcNow()) : Take(new TlsPreparation(loading, stamps));
            events.AddRange(_warnings.Find(_slots, _options.Time.GetUtcNow()));
            notes = loading is null ? [] : Fresh(loading);
        }

        Tell(events, notes);
    }

    private List<CertificateEvent> SayUnsaid(DateTimeOffset now)
    {
        List<CertificateEvent> events =
        [
            .. _unsaid.Select(error => new CertificateEvent(now, CertificateEventKind.Kept, $"{error}; what was read before stays in force")),
        ];
        _unsaid = [];
        _problems.Said(_slots);
        return events;
    }

    private List<CertificateEvent> Take(TlsPreparation prepared)
    {
        var now = _options.Time.GetUtcNow();
        var loading = prepared.Loading;
        _stamps = prepared.Stamps;
        if (loading.Material is not { } material)
        {
            // Each file by itself can be used, but not beside the others.
            _loading = _loading with { NextLook = loading.NextLook };
            _unsaid = [.. loading.Errors, .. loading.Missing];
            _problems.Set(loading.Items, _unsaid[0].Message);
            return [];
        }

        if (!material.Equals(_loading.Material))
        {
            try
            {
                _options.Take(material);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _loading = _loading with { NextLook = loading.NextLook };
                _problems.Set(loading.Items, e.Message);
                _problems.Said(_slots);
                return [new CertificateEvent(now, CertificateEventKind.Kept, $"changed certificates are not used: {e.Message}; those of before stay in force")];
            }
        }

        return PutInForce(prepared, now);
    }

    private List<CertificateEvent> PutInForce(TlsPreparation prepared, DateTimeOffset now)
    {
        // What was said of files that are still as broken is not said again.
        var said = _loading.Kept.Except(_unsaid).ToHashSet();
        var before = _slots;
        _loading = prepared.Loading;
        _stamps = prepared.Stamps;
        _slots = TlsSlots.Of(_config, _loading.Material!);
        _unsaid = [.. _loading.Kept.Where(error => !said.Contains(error))];
        _problems.Set(_loading.Items);
        return [.. Renewals.Find(before, _slots, now), .. _problems.FindEnds(before, _slots, now)];
    }

    // What the reading before said already is not said again.
    private List<string> Fresh(TlsLoading loading)
    {
        List<string> fresh =
        [
            .. loading.Warnings.Where(warning => !_saidNotes.Contains(warning)).Select(warning => $"warning: {warning}"),
            .. loading.Notes.Where(note => !_saidNotes.Contains(note)).Select(note => $"note: {note}"),
        ];
        _saidNotes = [.. loading.Warnings, .. loading.Notes];
        return fresh;
    }

    private void Tell(List<CertificateEvent> events, List<string> notes)
    {
        events.ForEach(_options.Tell);
        notes.ForEach(_options.Say);
    }

    private void Arm()
    {
        if (!_isDisposed)
        {
            // A look at a file takes some 10 µs: with thousands of them, looks are rarer.
            var interval = _options.Interval * (1 + (_stamps.Count / FilesPerInterval));
            _timer.Change(_stamps.Count > 0 ? interval : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
