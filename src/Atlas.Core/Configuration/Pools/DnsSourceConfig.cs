namespace Atlas.Core.Configuration;

/// <summary>A DNS name whose records are servers. Its keys stand beside those of the server.</summary>
/// <param name="Name">The name, without a dot at its end.</param>
/// <param name="Port">The port, 1 to 65535; 0 for SRV, whose records have it.</param>
/// <param name="RecordType">What is asked for. Default A.</param>
/// <param name="RefreshMs">The longest time between questions, 1 s to 1 h; an answer that lives shorter is asked for sooner.
/// Default 10 s.</param>
public sealed record DnsSourceConfig(string Name, int Port, DnsRecordType RecordType = DnsRecordType.A, int RefreshMs = 10_000);
