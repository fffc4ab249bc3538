namespace Atlas.Control.Configuration.Keys;

/// <summary>Guesses which word was meant.</summary>
internal static class Spelling
{
    /// <summary>Longer words are not compared: no key is that long, and the cost grows with the product of both lengths.</summary>
    public const int MaxLength = 64;

    /// <summary>The known word that is nearest, if it is near enough to be a slip of the hand; else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > MaxLength)
        {
            return null;
        }

        string folded = Fold(word);
        var best = known.Select(candidate => (Word: candidate, Distance: Distance(folded, Fold(candidate))))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        int shorter = best.Word is null ? 0 : Math.Min(word.Length, best.Word.Length);
        return best.Word is not null && best.Distance <= (shorter < 2 ? 0 : Math.Max(1, shorter / 3)) ? best.Word : null;
    }

    /// <summary>The word as it is compared: camelCase, kebab-case and upper case are the usual other spellings of a key.</summary>
    public static string Fold(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    // Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours.
    private static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int replace = cost[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[left.Length, right.Length];
    }
}
