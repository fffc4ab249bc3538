using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>One reading of a configuration's files: where relative paths begin, the time, and what is found. One thread.</summary>
/// <param name="configFile">The configuration's file.</param>
/// <param name="now">The time that certificates must be valid at.</param>
/// <param name="earlier">What an earlier reading found; null: there was none.</param>
/// <param name="isUnasked">Whether nobody asked for the reading, but files have changed.</param>
internal sealed class LoadSession(string configFile, DateTimeOffset now, LoadedItems? earlier, bool isUnasked = false)
{
    private readonly ConfigErrors _errors = new(configFile);
    private readonly ConfigErrors _missing = new(configFile);
    private readonly ConfigErrors _warnings = new(configFile);
    private readonly ConfigErrors _ending = new(configFile);
    private readonly ConfigErrors _notes = new(configFile);
    private readonly ConfigErrors _kept = new(configFile);
    private readonly Dictionary<string, FileContent> _files = new(StringComparer.Ordinal);
    private DateTimeOffset? _nextLook;
    private bool _isKept;
    private string? _problem;

    /// <summary>The time that certificates must be valid at.</summary>
    public DateTimeOffset Now => now;

    /// <summary>What an earlier reading found; null: there was none.</summary>
    public LoadedItems? Earlier => earlier;

    /// <summary>Whether nobody asked for the reading, but files have changed, so that what it finds must not make things worse.</summary>
    public bool IsUnasked => isUnasked;

    /// <summary>What this reading found, or fell back on.</summary>
    public LoadedItems Items { get; } = new();

    /// <summary>Begins to load an item.</summary>
    /// <param name="isKept">Whether there is an earlier reading of it to fall back on, so that what fails is no error.</param>
    public void Begin(bool isKept) => (_isKept, _problem) = (isKept, null);

    /// <summary>Ends to load an item.</summary>
    /// <returns>Why the earlier reading stands in; null: it does not.</returns>
    public string? EndItem()
    {
        _isKept = false;
        return _problem;
    }

    /// <summary>Adds what cannot be served.</summary>
    public void Refuse(SourcePosition position, string message) => Add(_errors, position, message);

    /// <summary>Adds what is served, but hardly as it is meant.</summary>
    public void Warn(SourcePosition position, string message) => _warnings.Add(position, message);

    /// <summary>Adds what will not be valid soon.</summary>
    public void WarnOfEnd(SourcePosition position, string message) => _ending.Add(position, message);

    /// <summary>Adds what may be just as it is meant.</summary>
    public void Note(SourcePosition position, string message) => _notes.Add(position, message);

    /// <summary>The files mean something else from a time on, even if they stay as they are.</summary>
    public void LookAgainAt(DateTimeOffset? time) => _nextLook = time < (_nextLook ?? DateTimeOffset.MaxValue) ? time : _nextLook;

    /// <summary>Reads a file that must be there. Each is read once, so that two sections which name it see the same bytes.</summary>
    /// <param name="path">As it is written.</param>
    /// <param name="key">The key that names it.</param>
    /// <param name="position">Where it is written.</param>
    /// <returns>The bytes; null: a finding says why not.</returns>
    public byte[]? Read(string path, string key, SourcePosition position)
    {
        var content = Look(path);
        if (content.Bytes is null)
        {
            string message = $"'{key}': {content.Problem}";
            if (content.MayAppear)
            {
                Add(_missing, position, message);
            }
            else
            {
                Refuse(position, message);
            }
        }

        return content.Bytes;
    }

    /// <summary>Reads a file that need not be there.</summary>
    public FileContent Look(string path)
    {
        string full = ConfigPaths.Resolve(path, configFile);
        if (!_files.TryGetValue(full, out var content))
        {
            _files[full] = content = FileContent.Read(full);
        }

        return content;
    }

    /// <summary>The result.</summary>
    public TlsLoading End(TlsMaterial material) => new()
    {
        Material = _errors.Count + _missing.Count == 0 ? material : null,
        Errors = _errors.InOrder(ConfigLoader.MaxErrors),
        Missing = _missing.InOrder(ConfigLoader.MaxErrors),
        Kept = _kept.InOrder(ConfigLoader.MaxErrors),
        Warnings = _warnings.InOrder(ConfigLoader.MaxErrors),
        Ending = _ending.InOrder(ConfigLoader.MaxErrors),
        Notes = _notes.InOrder(ConfigLoader.MaxErrors),
        Files = [.. _files.Keys],
        NextLook = _nextLook,
        Items = Items,
    };

    private void Add(ConfigErrors errors, SourcePosition position, string message)
    {
        (_isKept ? _kept : errors).Add(position, message);
        if (_isKept)
        {
            _problem ??= message;
        }
    }
}
