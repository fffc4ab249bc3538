namespace Atlas.Admin.Reloads;

/// <summary>What became of a reload. Unless it was done, nothing has changed.</summary>
public enum ReloadOutcome
{
    /// <summary>The configuration is that of the file.</summary>
    Done,

    /// <summary>The file is wrong.</summary>
    WrongFile,

    /// <summary>The file is right, but this host or this process cannot do what it says.</summary>
    Refused,
}
