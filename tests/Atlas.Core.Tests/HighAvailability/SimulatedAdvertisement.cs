namespace Atlas.Core.Tests.HighAvailability;

/// <summary>An advertisement on its way.</summary>
internal readonly record struct SimulatedAdvertisement(int Sender, byte Priority, long IntervalUs);
