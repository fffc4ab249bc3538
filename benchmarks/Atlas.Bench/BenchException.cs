namespace Atlas.Bench;

/// <summary>The measurement cannot be trusted or cannot be made; the message is for the user.</summary>
internal sealed class BenchException(string message) : Exception(message);
