namespace Atlas.Engine.Datagrams;

/// <summary>Hears of a <see cref="DatagramSocket"/>. Called on the loop's thread.</summary>
public interface IDatagramHandler
{
    /// <summary>Datagrams wait, or an error does: the next <see cref="DatagramSocket.Receive"/> says which. What is left is told
    /// again in the next turn.</summary>
    void OnReadable(DatagramSocket socket);

    /// <summary>The address is given up: take nothing new, and close the socket once nothing is under way.</summary>
    void OnClosing(DatagramSocket socket);

    /// <summary>The loop ends and has closed the socket.</summary>
    void OnEnded(DatagramSocket socket);
}
