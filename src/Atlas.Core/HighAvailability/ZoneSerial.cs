namespace Atlas.Core.HighAvailability;

/// <summary>The version of a zone, as SOA records have it: greater each time that the zone changes, by arithmetic that wraps around
/// (RFC 1982). It is the time of the change, so that it also grows over restarts; changes within a second count up.</summary>
public static class ZoneSerial
{
    /// <summary>The next one.</summary>
    /// <param name="before">The last one.</param>
    /// <param name="nowSeconds">The time, in seconds since 1970.</param>
    public static uint Next(uint before, uint nowSeconds) =>
        unchecked((int)(nowSeconds - before) > 0 ? nowSeconds : before + 1);
}
