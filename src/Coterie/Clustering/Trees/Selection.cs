namespace Coterie.Clustering.Trees;

/// <summary>Selection by partitioning (Hoare 1961, "Find").</summary>
static class Selection
{
    /// <summary>Reorders keys[start..end) with their items so that all keys before <paramref name="middle"/> are at most those from it on.</summary>
    public static void Partition(float[] keys, int[] items, int start, int end, int middle)
    {
        int low = start, high = end - 1;
        while (low < high)
        {
            var pivot = Median(keys[low], keys[low + (high - low) / 2], keys[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (keys[i] < pivot) i++;
                while (keys[j] > pivot) j--;
                if (i > j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                (items[i], items[j]) = (items[j], items[i]);
                i++;
                j--;
            }

            if (middle <= j) high = j;
            else if (middle >= i) low = i;
            else return;
        }
    }

    static float Median(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
