namespace Atlas.Control.Kernel;

/// <summary>Something that happened to the kernel's rules.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">The same in words, one line.</param>
public sealed record KernelEvent(DateTimeOffset At, KernelEventKind Kind, string Text);
