namespace Atlas.Proxy.Snapshots;

/// <summary>That a connection to a server could not be made.</summary>
/// <param name="At">When.</param>
/// <param name="Text">Why, such as <c>connect refused</c>; what TLS failed of begins with <c>tls:</c>.</param>
public sealed record ConnectFailure(DateTimeOffset At, string Text);
