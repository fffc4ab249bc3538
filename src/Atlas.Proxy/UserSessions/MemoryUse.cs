namespace Atlas.Proxy.UserSessions;

/// <summary>What sessions in this process's memory take.</summary>
/// <param name="Count">How many there are, those that are over and not yet cleared away included.</param>
/// <param name="Bytes">Their bytes, by estimate.</param>
/// <param name="MaxBytes">The most that they may take.</param>
public readonly record struct MemoryUse(int Count, long Bytes, long MaxBytes);
