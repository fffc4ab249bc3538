namespace Atlas.Admin.Client;

/// <summary>The admin server cannot be reached, or does not do what is asked. The message says why and what to do.</summary>
public sealed class AdminRefusedException : Exception
{
    /// <summary>With a message for the user.</summary>
    public AdminRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for the user and what caused it.</summary>
    public AdminRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>With the message of any exception.</summary>
    public AdminRefusedException()
    {
    }

    /// <summary>Whether it is wrong what the user wrote, and not what the running instance can do.</summary>
    public bool IsWrongInput { get; init; }
}
