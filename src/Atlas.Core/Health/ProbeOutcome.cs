namespace Atlas.Core.Health;

/// <summary>How a probe ended.</summary>
public enum ProbeOutcome
{
    /// <summary>The server answered as expected.</summary>
    Passed,

    /// <summary>It did not, or not in time.</summary>
    Failed,

    /// <summary>The probe was given up before it could tell; this says nothing of the server.</summary>
    Cancelled,
}
