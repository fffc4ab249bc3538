namespace Atlas.Simulation;

/// <summary>A run broke a rule of the simulation. The message names the seed that repeats it.</summary>
public sealed class SimulationException(string message) : Exception(message);
