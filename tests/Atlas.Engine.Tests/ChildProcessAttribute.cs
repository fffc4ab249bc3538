namespace Atlas.Engine.Tests;

/// <summary>Marks a static method that a test runs in a process of its own, by its name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChildProcessAttribute : Attribute;
