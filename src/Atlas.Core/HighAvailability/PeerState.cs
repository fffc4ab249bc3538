namespace Atlas.Core.HighAvailability;

/// <summary>What is known of another node; the table is above <see cref="PeerLiveness"/>.</summary>
public enum PeerState
{
    /// <summary>Nothing yet: it was not waited for long enough.</summary>
    Unknown,

    /// <summary>It proved a moment ago that it lives.</summary>
    Alive,

    /// <summary>It has proved nothing for too long.</summary>
    Dead,

    /// <summary>It said that it ends, and no other process of it has proved itself since.</summary>
    Stopped,
}
