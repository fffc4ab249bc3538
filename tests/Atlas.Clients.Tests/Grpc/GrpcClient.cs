namespace Atlas.Clients.Tests.Grpc;

/// <summary>The client of grpc-js.</summary>
public static class GrpcClient
{
    /// <summary>Has it go through these cases, in one process.</summary>
    public static NodeCases Cases(Site site, bool tls, params string[] names) => new("grpc-client.mjs", site.Address(tls), site.CaOf(tls), names);

    /// <summary>Has it go through one case.</summary>
    /// <returns>How it came out.</returns>
    public static Task<string> RunAsync(string name, Site site, bool tls) => Cases(site, tls, name).OutcomeAsync(name);
}
